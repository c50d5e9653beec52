use crate::{
    Dialect,
    StatementKind::{self, *},
};

/// What every database understands, and finds its rows by in the same way.
const COMMON: &[(&[StatementKind], &str)] = &[
    (&[LoadOwned], "SELECT {record} FROM {beside owner} WHERE s.family=? AND s.digest=? AND {unmarked}"),
    (
        &[LoadPair],
        "SELECT s.digest,{record} FROM {beside owner} WHERE s.family=? AND s.digest IN (?,?) AND {live} AND {unmarked}",
    ),
    (&[Insert], "INSERT INTO {table} ({columns}) VALUES {new row}{if free}"),
    (&[InsertFour, InsertSixteen], "INSERT INTO {table} ({columns}) VALUES {n*{new row}}{if free}"),
    // The range ends by the limit, however many of its rows are dead, and needs no sorting.
    (
        &[Devices],
        "SELECT s.digest,s.created_at,s.expires_at>{now} AND {unmarked},COALESCE(o.mark,0) FROM {beside owner} \
         WHERE s.family=? AND s.digest>? AND s.owned=1 ORDER BY s.digest LIMIT ?",
    ),
    (
        &[EndOfPart],
        "SELECT digest FROM {table} WHERE family=? AND digest>? AND owned=1 ORDER BY digest LIMIT 1 OFFSET ?",
    ),
    (
        &[RemoveEnded],
        "DELETE FROM {table} WHERE family=? AND digest BETWEEN ? AND ? AND owned=1 AND created_at<=?",
    ),
    // Finds the page by the keys alone: the records of other rows are not read.
    (
        &[List],
        "SELECT s.created_at,s.digest,{record} FROM (SELECT s.family,s.digest FROM {beside owner} WHERE s.family=? \
         AND s.owned=1 AND (s.created_at<? OR s.created_at=? AND s.digest<?) AND {live} AND {unmarked} \
         ORDER BY s.created_at DESC,s.digest DESC LIMIT ?) page JOIN {table} s USING (family,digest) \
         ORDER BY s.created_at DESC,s.digest DESC",
    ),
];

/// What several texts have in common. The parts of a dialect stand for the other names.
pub(crate) const PARTS: [(&str, &str); 5] = [
    ("{columns}", "family,digest,revision,owned,created_at,expires_at,data"),
    ("{new row}", "(?,?,?,0,{now},{now}+?,?)"),
    ("{beside owner}", "{table} s {owner beside}"),
    ("{owner beside}", "LEFT JOIN {table} o ON o.family=s.family AND o.digest={owner}"),
    // A session has ended if it is not younger than the mark of its owner. A tombstone has no mark to compare with.
    ("{unmarked}", "s.created_at>s.owned*COALESCE(o.mark,0)"),
];

/// The text of each kind of statement, without what stands for its parts: the dialect's own, or else the common one.
pub fn texts<D: Dialect>() -> impl Iterator<Item = (StatementKind, &'static str)> {
    let texts = D::TEXTS.iter().chain(COMMON);
    texts.flat_map(|(kinds, text)| kinds.iter().map(|kind| (*kind, *text)))
}
