use session_testkit::{Rule, rules};

/// What an instance keeps to itself, although the data are shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Apart {
    Nothing,
    LockIsPerInstance,
    CacheIsPerInstance,
    CapIsPerInstance,
    AbsenceIsCached,
    ListIsCached,
    AgesArePerInstance,
    AttemptsArePerInstance,
    TimersArePerInstance,
    TouchIsBehind,
}

/// Each defect, the rule that it breaks, and what it is like.
pub(crate) const ALL: &[(Apart, &Rule, &str)] = &[
    (Apart::LockIsPerInstance, &rules::CREATE_3, "a Mutex in the process around SELECT and INSERT"),
    (Apart::LockIsPerInstance, &rules::COMMIT_4, "a Mutex in the process around SELECT and UPDATE"),
    (Apart::LockIsPerInstance, &rules::SESSION_2, "a Mutex in the process around SELECT and UPDATE"),
    (Apart::CapIsPerInstance, &rules::FAMILY_3, "the process counts the sessions that it made"),
    (Apart::CapIsPerInstance, &rules::PEER_1, "the process counts the sessions that it made"),
    (Apart::CacheIsPerInstance, &rules::PEER_1, "a read cache that only the own writes clear"),
    (Apart::CacheIsPerInstance, &rules::SESSION_3, "a read cache that only the own writes clear"),
    (Apart::AbsenceIsCached, &rules::PEER_1, "unknown ids are remembered, against guessing"),
    (Apart::ListIsCached, &rules::PEER_1, "the list of devices is cached"),
    (Apart::AgesArePerInstance, &rules::PEER_1, "the position is an AtomicU64 in the process"),
    (Apart::AttemptsArePerInstance, &rules::PEER_1, "the process remembers the attempts that it made"),
    (Apart::TimersArePerInstance, &rules::PEER_1, "the process that wrote a record ends it by its timer"),
    (Apart::TouchIsBehind, &rules::PEER_1, "new deadlines are written once a second"),
];
