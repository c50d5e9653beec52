use session_sql::StatementKind::{self, *};

/// The milliseconds since 1970 by the server's clock, whatever its time zone, past 2038. It is constant within a statement, so
/// comparisons with it use an index. A text instead of the literal would be parsed at every use.
pub(crate) const NOW: &str =
    "TIMESTAMPDIFF(MICROSECOND,TIMESTAMP'1970-01-01 00:00:00',UTC_TIMESTAMP(3)) DIV 1000";

/// The texts that are not common to all databases.
pub(super) const TEXTS: &[(&[StatementKind], &str)] = &[
    // The remaining time tells whether the record has expired: a condition would make the server compute the clock twice.
    (&[Load], "SELECT revision,expires_at-({now}),data FROM {table} WHERE {key}"),
    (
        &[LoadFour, LoadSixteen],
        "SELECT s.family,s.digest,{record} FROM {beside owner} WHERE (s.family,s.digest) IN ({n*(?,?)}) AND \
         s.expires_at+0>{now} AND {unmarked}",
    ),
    // `LockOwner` has just set the age of the session.
    (&[InsertOwned], "INSERT INTO {table} ({columns}) VALUES (?,?,?,1,LAST_INSERT_ID(),{now}+?,?)"),
    (
        &[Commit, CommitOwned],
        "UPDATE {table} SET {record=?} WHERE {key} AND revision=? AND {alive}[ AND {above mark}]",
    ),
    (
        &[Touch, TouchOwned],
        "UPDATE {table} SET expires_at={clock}+? WHERE {key} AND revision=? AND {alive}[ AND {above mark}]",
    ),
    (
        &[ChangeKey, ChangeKeyOwned],
        "UPDATE {table} SET digest=?,owned=?,{record=?} WHERE {key} AND revision=? AND {alive}[ AND {above mark}]",
    ),
    (
        &[Delete, DeleteOwned],
        "DELETE FROM {table} WHERE {key} AND (revision=?)=? AND {alive}[ AND {above mark}]",
    ),
    (
        &[LeaveTombstone, LeaveTombstoneOwned],
        "UPDATE {table} SET owned=0,{record=?} WHERE {key} AND (revision=?)=? AND {alive}[ AND {above mark}]",
    ),
    (&[ClearKey], "DELETE FROM {table} WHERE {key} AND NOT ({alive} AND {above mark})"),
    (
        &[LockOwner],
        "INSERT INTO {table} ({columns}) VALUES (?,{owner},'',0,LAST_INSERT_ID({now}),{now}+{owner_row},'') \
         ON DUPLICATE KEY UPDATE created_at=LAST_INSERT_ID(GREATEST(created_at+1,VALUES(created_at))),\
         expires_at=GREATEST(expires_at,VALUES(expires_at))",
    ),
    // One snapshot, so a session that is just being rotated is counted once.
    (
        &[CountDevices],
        "SELECT COUNT(*),COUNT(s.expires_at>{now} AND {unmarked} OR NULL),COALESCE(MAX(s.created_at),0),\
         COALESCE(MAX(o.mark),0) FROM {beside owner} WHERE s.family=? AND s.owned=1",
    ),
    // The assignments take effect from left to right.
    (
        &[RaiseMark],
        "UPDATE {table} SET created_at=LAST_INSERT_ID(GREATEST(created_at,?)),\
         mark=GREATEST(mark,LEAST(?,created_at-1)),expires_at=GREATEST(expires_at,{now}+{mark}) \
         WHERE family=? AND digest={owner}",
    ),
    // `RaiseMark` has just set the age of the session.
    (
        &[Renew],
        "UPDATE {table} SET created_at=LAST_INSERT_ID() WHERE {key} AND owned=1 AND {alive} AND created_at>?",
    ),
    (&[CountExpired], "SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE expires_at<={now} LIMIT ?) expired"),
    // Both indexes are forced: MariaDB 11.8 would read the whole table where most rows have expired, and wait for its writers.
    (
        &[Sweep],
        "DELETE s FROM (SELECT family,digest FROM {table} FORCE INDEX (expires_at) WHERE expires_at<={now} \
         ORDER BY expires_at LIMIT ?) expired STRAIGHT_JOIN {table} s FORCE INDEX (PRIMARY) \
         ON s.family=expired.family AND s.digest=expired.digest WHERE s.expires_at+0<={now}",
    ),
];

/// What several texts have in common, and the common ones have of this database.
pub(super) const PARTS: &[(&str, &str)] = &[
    ("{record}", "s.revision,s.expires_at-({now}),s.data"),
    ("{live}", "s.expires_at+0>{now}"),
    ("{if free}", ""),
    ("{record=?}", "revision=?,expires_at={clock}+?,data=?"),
    ("{key}", "family=? AND digest=?"),
    // For one row by its key: as a sum, so that the server does not consider the index of deadlines.
    ("{alive}", "expires_at+0>{clock}"),
    // An update may read its own table only through a derived table, which an aggregate keeps from being merged. At READ
    // COMMITTED the read waits for no lock.
    (
        "{above mark}",
        "created_at>owned*(SELECT * FROM (SELECT COALESCE(MAX(mark),0) FROM {table} WHERE family=? AND digest={owner}) o)",
    ),
    ("{owner}", "x'0000000000000000000000000000000000000000000000000000000000000000'"),
    // The moment itself: a statement that has waited for a row decides by the time at which it got it. As a difference, so that
    // it is right in every time zone.
    ("{clock}", "{now}+TIMESTAMPDIFF(MICROSECOND,NOW(3),SYSDATE(3)) DIV 1000"),
    ("{now}", NOW),
];
