use session_testkit::{Rule, rules};

use crate::defect::Defect;

/// A defect, the rule it breaks, and where it comes from.
pub(crate) const ALL: &[(Defect, &Rule, &str)] = &[
    (
        Defect::CreateOverwrites,
        &rules::CREATE_1,
        "an INSERT that replaces, a SET without NX",
    ),
    (
        Defect::CreateTakesTombstones,
        &rules::CREATE_1,
        "a tombstone counts as a free key",
    ),
    (
        Defect::CreateRetryIsRefused,
        &rules::CREATE_2,
        "the key exists, so the retry is told `Exists`",
    ),
    (
        Defect::CreateRetryRenews,
        &rules::CREATE_2,
        "the retry writes once more, with a new deadline",
    ),
    (
        Defect::CreateRetryEvictsAgain,
        &rules::CREATE_2,
        "room is made before the retry is recognised",
    ),
    (
        Defect::CreateRetryIsFull,
        &rules::CREATE_2,
        "the cap is looked at before the retry is recognised",
    ),
    (
        Defect::CreateChecksThenInserts,
        &rules::CREATE_3,
        "EXISTS, then SET",
    ),
    (
        Defect::ExpiryOnlyBySweep,
        &rules::LOAD_1,
        "reads do not look at the deadline",
    ),
    (
        Defect::ExpiredKeyIsTaken,
        &rules::LOAD_1,
        "an expired row still occupies its key",
    ),
    (
        Defect::KeysFoldCase,
        &rules::LOAD_2,
        "a text column with a case-insensitive collation",
    ),
    (
        Defect::KeysTrimBlanks,
        &rules::LOAD_2,
        "a CHAR column drops trailing blanks",
    ),
    (
        Defect::KeysAreCut,
        &rules::LOAD_2,
        "an index over the first bytes of the key only",
    ),
    (
        Defect::KeysForgetTheFamily,
        &rules::LOAD_2,
        "records are keyed by the digest alone",
    ),
    (
        Defect::AnswersOfThePreviousQuestion,
        &rules::LOAD_2,
        "a connection that is out of step after a timeout",
    ),
    (Defect::DataIsCutAt64K, &rules::LOAD_3, "a BLOB of 65,535 bytes"),
    (Defect::DataEndsAtNul, &rules::LOAD_3, "a C string on the way"),
    (
        Defect::EmptyDataIsAbsent,
        &rules::LOAD_3,
        "an empty answer is taken for none",
    ),
    (
        Defect::LoadExtends,
        &rules::LOAD_4,
        "GETEX, to keep the session alive",
    ),
    (
        Defect::CommitIsBlind,
        &rules::COMMIT_1,
        "SET, whoever wrote in between",
    ),
    (
        Defect::ConflictIsGone,
        &rules::COMMIT_1,
        "no row matched, so the session must be gone",
    ),
    (
        Defect::RevisionsCompareInPart,
        &rules::COMMIT_1,
        "the revision is kept as 8 bytes",
    ),
    (
        Defect::CommitUpserts,
        &rules::COMMIT_2,
        "INSERT … ON DUPLICATE KEY UPDATE",
    ),
    (
        Defect::CommitRevivesExpired,
        &rules::COMMIT_2,
        "an UPDATE that does not look at the deadline",
    ),
    (
        Defect::CommitRetryConflicts,
        &rules::COMMIT_3,
        "the revision has moved on, by this very attempt",
    ),
    (
        Defect::CommitRetryRenews,
        &rules::COMMIT_3,
        "the retry writes once more, with a new deadline",
    ),
    (
        Defect::CommitChecksThenWrites,
        &rules::COMMIT_4,
        "GET, compare in the program, SET",
    ),
    (
        Defect::EqualPayloadIsGone,
        &rules::COMMIT_5,
        "0 changed rows are read as 0 found rows",
    ),
    (Defect::TouchCreates, &rules::TOUCH_1, "an upsert of the deadline"),
    (
        Defect::TouchWritesBack,
        &rules::TOUCH_1,
        "the whole record is read and written with a new deadline",
    ),
    (
        Defect::TouchRoundsToZero,
        &rules::TOUCH_2,
        "milliseconds are rounded down",
    ),
    (
        Defect::TouchOfNoTimeIsForEver,
        &rules::TOUCH_2,
        "a ttl of 0 means no deadline",
    ),
    (Defect::TouchOnlyExtends, &rules::TOUCH_2, "EXPIRE GT"),
    (
        Defect::TouchIgnoresTheRevision,
        &rules::TOUCH_3,
        "EXPIRE, whoever wrote in between",
    ),
    (
        Defect::RotateCopies,
        &rules::ROTATE_1,
        "the old key is left to expire",
    ),
    (
        Defect::TombstonesAreListed,
        &rules::ROTATE_1,
        "a list of all rows of the family",
    ),
    (
        Defect::TombstonesAreCapped,
        &rules::ROTATE_1,
        "a count of all rows of the family",
    ),
    (
        Defect::TombstonesTakeWrites,
        &rules::ROTATE_2,
        "a late commit overwrites the tombstone",
    ),
    (
        Defect::RotateOverwritesItsTarget,
        &rules::ROTATE_3,
        "RENAME without NX",
    ),
    (
        Defect::RotateDeletesThenCreates,
        &rules::ROTATE_4,
        "two statements, the delete first",
    ),
    (
        Defect::RotateCreatesThenDeletes,
        &rules::ROTATE_4,
        "two statements, the insert first",
    ),
    (
        Defect::RotateIsCancelledMidway,
        &rules::ROTATE_4,
        "two awaits without a transaction",
    ),
    (
        Defect::TombstonesNeverDie,
        &rules::ROTATE_5,
        "a tombstone without a deadline",
    ),
    (
        Defect::RotateRetryIsGone,
        &rules::ROTATE_6,
        "the old key is empty, so the retry is told `Gone`",
    ),
    (
        Defect::RotateIgnoresTheRevision,
        &rules::ROTATE_7,
        "what was committed in between is lost",
    ),
    (
        Defect::RotateRevivesTheEnded,
        &rules::ROTATE_7,
        "the new record is written whether there was an old one or not",
    ),
    (
        Defect::DeleteIsAFlag,
        &rules::DELETE_1,
        "a soft delete that a late commit undoes",
    ),
    (
        Defect::DeleteIgnoresTheRevision,
        &rules::DELETE_2,
        "DEL, whoever wrote in between",
    ),
    (
        Defect::DeleteChecksThenDeletes,
        &rules::DELETE_2,
        "GET, compare in the program, DEL",
    ),
    (
        Defect::ListIsOldestFirst,
        &rules::FAMILY_1,
        "in the order of the index",
    ),
    (
        Defect::ListIncludesTheExpired,
        &rules::FAMILY_1,
        "the index outlives its records",
    ),
    (
        Defect::ListIncludesAnonymous,
        &rules::FAMILY_1,
        "whatever has the family is listed",
    ),
    (Defect::ListIsOnePage, &rules::FAMILY_1, "the first hundred"),
    (
        Defect::IndexAfterTheFact,
        &rules::FAMILY_2,
        "the record first, its index entry later",
    ),
    (
        Defect::RevokeScansThenDeletes,
        &rules::FAMILY_2,
        "SELECT, then DELETE of what was found",
    ),
    (
        Defect::RevokeEndsTheFuture,
        &rules::FAMILY_2,
        "a mark that ends sessions created after it",
    ),
    (
        Defect::RevokeEndsWhatItKeeps,
        &rules::FAMILY_2,
        "DELETE WHERE family = ?",
    ),
    (
        Defect::RevokeTrustsTheIndex,
        &rules::FAMILY_2,
        "what the index lost lives on",
    ),
    (
        Defect::RevokeCountsTheExpired,
        &rules::FAMILY_2,
        "affected rows, whatever they were",
    ),
    (
        Defect::CapCountsThenInserts,
        &rules::FAMILY_3,
        "SELECT COUNT(*), then INSERT",
    ),
    (
        Defect::CapCountsTheExpired,
        &rules::FAMILY_3,
        "the index outlives its records",
    ),
    (
        Defect::CapEvictsTheNewest,
        &rules::FAMILY_3,
        "the wrong end of the index",
    ),
    (
        Defect::CapOfAnonymousFamilies,
        &rules::FAMILY_3,
        "every family is capped",
    ),
    (Defect::RevokeByPattern, &rules::FAMILY_4, "KEYS family:*"),
    (
        Defect::StoresShareTheirKeys,
        &rules::FAMILY_4,
        "the prefix is forgotten",
    ),
    (
        Defect::NoTimeIsForEver,
        &rules::TTL_1,
        "a ttl of 0 means no deadline",
    ),
    (
        Defect::DistantDeadlinesOverflow,
        &rules::TTL_1,
        "milliseconds in 32 bits",
    ),
    (Defect::CommitKeepsTheDeadline, &rules::TTL_1, "SET KEEPTTL"),
    (
        Defect::SweepIgnoresItsLimit,
        &rules::SWEEP_1,
        "DELETE without LIMIT",
    ),
    (
        Defect::SweepTakesTheLiving,
        &rules::SWEEP_1,
        "the clock of another machine",
    ),
    (
        Defect::SweepDoesNothing,
        &rules::SWEEP_1,
        "a job that nobody scheduled",
    ),
    (
        Defect::SweepClaimsTooMuch,
        &rules::SWEEP_1,
        "native expiry is claimed and not there",
    ),
    (
        Defect::SweepersCollide,
        &rules::SWEEP_1,
        "a deadlock is reported to the second sweeper",
    ),
    (
        Defect::UndecodableIsAbsent,
        &rules::FAULT_4,
        "a failure is answered as `None`",
    ),
    (
        Defect::UndecodableIsDeleted,
        &rules::FAULT_4,
        "garbage is cleaned up while reading",
    ),
    (
        Defect::FacesCacheApart,
        &rules::COMMIT_1,
        "each face has a read cache of its own",
    ),
];
