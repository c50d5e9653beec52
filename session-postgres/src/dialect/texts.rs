use session_sql::StatementKind::{self, *};

/// The texts that are not common to all databases.
///
/// Nothing in them is an error where another row has the key, because an error would end the transaction.
pub(super) const TEXTS: &[(&[StatementKind], &str)] = &[
    // The remaining time tells whether the record has expired: a condition would make the server compute the clock twice.
    (&[Load], "SELECT revision,expires_at-{now},data FROM {table} WHERE family=$1 AND digest=$2"),
    (
        &[LoadFour, LoadSixteen],
        "SELECT s.family,s.digest,{record} FROM (VALUES {n*(?::bytea,?::bytea)}) k(family,digest) JOIN {table} s USING (family,digest) \
         {owner beside} WHERE s.expires_at>{now} AND {unmarked}",
    ),
    // `LockOwner` has just set the age of the session.
    (
        &[InsertOwned],
        "INSERT INTO {table} ({columns}) SELECT $1,$2,$3,1,o.created_at,{now}+$4,$5 FROM {table} o \
         WHERE o.family=$1 AND o.digest={owner} ON CONFLICT DO NOTHING",
    ),
    (
        &[Commit, CommitOwned],
        "UPDATE {table} s SET revision=$1,expires_at={clock}+$2,data=$3 \
         WHERE s.family=$4 AND s.digest=$5 AND s.revision=$6 AND {alive}[ AND {above}$7{mark of owner}] \
         {unless it waited}$2{and}s.digest{ended}",
    ),
    // Waits for no row: who asks for one that is held asks for it alone.
    (
        &[CommitFour, CommitSixteen],
        "WITH k(family,digest,expected,next,ttl,data) AS (VALUES {n*(?::bytea,?::bytea,?::bytea,?::bytea,?::int8,?::bytea)}),\
         l AS MATERIALIZED (SELECT s.family,s.digest FROM k JOIN {table} s USING (family,digest) FOR UPDATE OF s SKIP LOCKED) \
         UPDATE {table} s SET revision=k.next,expires_at={clock}+k.ttl,data=k.data FROM k JOIN l USING (family,digest) \
         WHERE s.family=k.family AND s.digest=k.digest AND s.revision=k.expected AND {alive} \
         RETURNING s.family,s.digest,s.revision",
    ),
    (
        &[Touch, TouchOwned],
        "UPDATE {table} s SET expires_at={clock}+$1 WHERE s.family=$2 AND s.digest=$3 AND s.revision=$4 \
         AND {alive}[ AND {above}$5{mark of owner}] {unless it waited}$1{and}s.digest{ended}",
    ),
    (
        &[ChangeKey, ChangeKeyOwned],
        "UPDATE {table} s SET digest=$1,owned=$2,revision=$3,expires_at={clock}+$4,data=$5 \
         WHERE s.family=$6 AND s.digest=$7 AND s.revision=$8 AND {alive} \
         AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.family=$6 AND t.digest=$1)[ AND {above}$9{mark of owner}] \
         {unless it waited}$4{and}$7{ended}",
    ),
    (
        &[Delete, DeleteOwned],
        "DELETE FROM {table} s WHERE s.family=$1 AND s.digest=$2 AND (s.revision=$3)=($4<>0) \
         AND {alive}[ AND {above}$5{mark of owner}]",
    ),
    (
        &[LeaveTombstone, LeaveTombstoneOwned],
        "UPDATE {table} s SET owned=0,revision=$1,expires_at={clock}+$2,data=$3 \
         WHERE s.family=$4 AND s.digest=$5 AND (s.revision=$6)=($7<>0) AND {alive}[ AND {above}$8{mark of owner}] \
         {unless it waited}$2{and}s.digest{ended}",
    ),
    (
        &[ClearKey],
        "DELETE FROM {table} s WHERE s.family=$1 AND s.digest=$2 AND NOT ({alive} AND {above}$3{mark of owner})",
    ),
    (
        &[LockOwner],
        "INSERT INTO {table} AS s ({columns}) VALUES ($1,{owner},'',0,{now},{now}+{owner_row},'') \
         ON CONFLICT (family,digest) DO UPDATE SET created_at=GREATEST(s.created_at+1,{clock}),\
         expires_at=GREATEST(s.expires_at,{clock}+{owner_row})",
    ),
    // One snapshot, so a session that is just being rotated is counted once.
    (
        &[CountDevices],
        "SELECT COUNT(*),COUNT(*) FILTER (WHERE s.expires_at>{now} AND {unmarked}),COALESCE(MAX(s.created_at),0),\
         COALESCE(MAX(o.mark),0) FROM {beside owner} WHERE s.family=$1 AND s.owned=1",
    ),
    (
        &[RaiseMark],
        "UPDATE {table} s SET created_at=GREATEST(s.created_at,$1),\
         mark=GREATEST(s.mark,LEAST($2,GREATEST(s.created_at,$1)-1)),expires_at=GREATEST(s.expires_at,{clock}+{mark}) \
         WHERE s.family=$3 AND s.digest={owner}",
    ),
    // `RaiseMark` has just set the age of the session.
    (
        &[Renew],
        "UPDATE {table} s SET created_at=o.created_at FROM {table} o WHERE o.family=$1 AND o.digest={owner} \
         AND s.family=$1 AND s.digest=$2 AND s.owned=1 AND {alive} AND s.created_at>$3",
    ),
    (
        &[CountExpired],
        "SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {looked at} AND expires_at<={now} LIMIT $1) expired",
    ),
    // Two sweepers take different rows.
    (
        &[Sweep],
        "DELETE FROM {table} WHERE ctid=ANY(ARRAY(SELECT ctid FROM {table} WHERE {looked at} AND expires_at<={now} \
         LIMIT $1 FOR UPDATE SKIP LOCKED))",
    ),
];

/// What several texts have in common, and the common ones have of this database.
pub(super) const PARTS: &[(&str, &str)] = &[
    ("{record}", "s.revision,s.expires_at-{now},s.data"),
    ("{live}", "s.expires_at>{now}"),
    ("{if free}", " ON CONFLICT DO NOTHING"),
    ("{alive}", "s.expires_at>{clock}"),
    ("{above}", "s.created_at>s.owned*COALESCE((SELECT o.mark FROM {table} o WHERE o.family="),
    ("{mark of owner}", " AND o.digest={owner}),0)"),
    // The index knows the hour alone. Those of the hour that has begun are looked at up to a number, so that a sweep never
    // reads all live sessions; what it misses goes when the hour is over.
    (
        "{looked at}",
        "ctid=ANY(ARRAY(SELECT ctid FROM {table} WHERE expires_hour<=({now}/3600000)::int4 \
         ORDER BY expires_hour LIMIT 4096+$1))",
    ),
    // A statement looks at a row before it waits for it, and again only if the row was changed meanwhile. If it was merely held,
    // and the session has ended by now, the division by zero takes the change back; the snapshot has the deadline of before.
    ("{unless it waited}", "RETURNING 1/({clock}-s.expires_at+"),
    ("{and}", "<1 OR (SELECT o.expires_at>{clock} FROM {table} o WHERE o.family=s.family AND o.digest="),
    ("{ended}", "))::int"),
    ("{owner}", "E'\\\\x0000000000000000000000000000000000000000000000000000000000000000'::bytea"),
    // Constant within a statement, so an index can be compared with it.
    ("{now}", "(date_part('epoch',statement_timestamp())*1000)::int8"),
    // The moment itself: a statement that has waited for a row that was changed decides by the time at which it got it.
    ("{clock}", "(date_part('epoch',clock_timestamp())*1000)::int8"),
];
