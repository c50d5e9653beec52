use StatementKind as Kind;

use crate::{protocol::Table, retry::OWNER_ROW_MILLIS};

/// The statements, named after what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StatementKind {
    Load,
    LoadPair,
    Insert,
    InsertOwned,
    Commit,
    Touch,
    ChangeKey,
    Delete,
    DeleteExpected,
    DeleteExpired,
    LeaveTombstone,
    LeaveTombstoneExpected,
    LockOwner,
    OwnedDigests,
    List,
    Revoke,
    CountExpired,
    Sweep,
}

/// The milliseconds since 1970 by the server's clock, whatever its time zone, past 2038. It is constant within a statement, so
/// comparisons with it use an index. A text instead of the literal would be parsed at every use.
pub(crate) const NOW: &str =
    "TIMESTAMPDIFF(MICROSECOND,TIMESTAMP'1970-01-01 00:00:00',UTC_TIMESTAMP(3)) DIV 1000";

/// The text of each statement, in the order of [`StatementKind`].
pub(super) const TEXTS: [(Kind, &str); Kind::COUNT] = [
    // The remaining time tells whether the record has expired: a condition would make the server compute the clock twice.
    (Kind::Load, "SELECT {record} FROM {table} WHERE {key}"),
    (Kind::LoadPair, "SELECT digest,{record} FROM {table} WHERE family=? AND digest IN (?,?) AND {live}"),
    (Kind::Insert, "INSERT INTO {table} ({columns}) VALUES (?,?,?,0,{now},{now}+?,?)"),
    // `LockOwner` has just set the age of the session.
    (Kind::InsertOwned, "INSERT INTO {table} ({columns}) VALUES (?,?,?,1,LAST_INSERT_ID(),{now}+?,?)"),
    (Kind::Commit, "UPDATE {table} SET {record=?} WHERE {key} AND revision=? AND {alive}"),
    (Kind::Touch, "UPDATE {table} SET expires_at={now}+? WHERE {key} AND revision=? AND {alive}"),
    (
        Kind::ChangeKey,
        "UPDATE {table} SET digest=?,owned=?,{record=?} WHERE {key} AND revision=? AND {alive}",
    ),
    (Kind::Delete, "DELETE FROM {table} WHERE {key} AND {alive}"),
    (Kind::DeleteExpected, "DELETE FROM {table} WHERE {key} AND revision=? AND {alive}"),
    (Kind::DeleteExpired, "DELETE FROM {table} WHERE {key} AND NOT {alive}"),
    (Kind::LeaveTombstone, "UPDATE {table} SET owned=0,{record=?} WHERE {key} AND revision<>? AND {alive}"),
    (
        Kind::LeaveTombstoneExpected,
        "UPDATE {table} SET owned=0,{record=?} WHERE {key} AND revision=? AND {alive}",
    ),
    (
        Kind::LockOwner,
        "INSERT INTO {table} ({columns}) VALUES (?,?,'',0,LAST_INSERT_ID({now}),{now}+{owner_row},'') \
         ON DUPLICATE KEY UPDATE created_at=LAST_INSERT_ID(GREATEST(created_at+1,VALUES(created_at))),\
         expires_at=VALUES(expires_at)",
    ),
    (
        Kind::OwnedDigests,
        "SELECT digest FROM {table} WHERE family=? AND owned=1 AND {live} ORDER BY created_at,digest FOR UPDATE",
    ),
    (
        Kind::List,
        "SELECT created_at,digest,{record} FROM {table} WHERE family=? AND owned=1 AND \
         (created_at<? OR created_at=? AND digest<?) AND {live} ORDER BY created_at DESC,digest DESC LIMIT ?",
    ),
    (Kind::Revoke, "DELETE FROM {table} WHERE family=? AND digest<>? AND owned=1 AND {live}"),
    (
        Kind::CountExpired,
        "SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE expires_at<={now} LIMIT ?) expired",
    ),
    (Kind::Sweep, "DELETE FROM {table} WHERE expires_at<={now} ORDER BY expires_at LIMIT ?"),
];

/// What several texts have in common.
const PARTS: [(&str, &str); 6] = [
    ("{columns}", "family,digest,revision,owned,created_at,expires_at,data"),
    ("{record}", "revision,expires_at-({now}),data"),
    ("{record=?}", "revision=?,expires_at={now}+?,data=?"),
    ("{key}", "family=? AND digest=?"),
    ("{live}", "expires_at>{now}"),
    // For one row by its key: as a sum, so that the server does not consider the index of deadlines.
    ("{alive}", "expires_at+0>{now}"),
];

impl StatementKind {
    pub(crate) const COUNT: usize = 18;

    /// Whether it changes rows; the others return rows.
    pub(crate) const fn writes(self) -> bool {
        !matches!(self, Kind::Load | Kind::LoadPair | Kind::OwnedDigests | Kind::List | Kind::CountExpired)
    }
}

/// Completes the text of a statement on this table.
pub(super) fn complete(text: &str, table: &Table) -> String {
    let text = PARTS.iter().fold(text.to_owned(), |text, (name, part)| text.replace(name, part));
    let text = text.replace("{owner_row}", &OWNER_ROW_MILLIS.to_string());
    text.replace("{now}", NOW).replace("{table}", &table.to_string())
}
