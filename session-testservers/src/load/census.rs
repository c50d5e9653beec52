use std::{fmt, ops::AddAssign};

/// The result of a [`Crowd`](super::Crowd).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Census {
    /// Sign-ins, including repeated ones.
    pub sign_ins: u64,
    /// Sign-outs, and sessions destroyed by their owner.
    pub sign_outs: u64,
    /// Changes of the content of a session.
    pub writes: u64,
    /// Requests that only read. Some of them extended the deadline.
    pub reads: u64,
    /// New ids, because the request asked for one or the id was too old.
    pub rotations: u64,
    /// Requests that were refused because the session had ended, was full or had a conflict.
    pub refused: u64,
    /// Requests that failed for another reason.
    pub failed: u64,
    /// How often all sessions of an owner were ended.
    pub revokes: u64,
    /// Sessions that were ended that way.
    pub ended: u64,
    /// Ids from before that were tried afterwards.
    pub checked: u64,
    /// Tried ids that still opened a session of the owner. Must be 0.
    pub survived: u64,
    /// Lists of sessions that were read.
    pub listed: u64,
    /// Lists with more sessions than the cap. Must be 0.
    pub over_cap: u64,
}

impl AddAssign for Census {
    fn add_assign(&mut self, other: Self) {
        self.sign_ins += other.sign_ins;
        self.sign_outs += other.sign_outs;
        self.writes += other.writes;
        self.reads += other.reads;
        self.rotations += other.rotations;
        self.refused += other.refused;
        self.failed += other.failed;
        self.revokes += other.revokes;
        self.ended += other.ended;
        self.checked += other.checked;
        self.survived += other.survived;
        self.listed += other.listed;
        self.over_cap += other.over_cap;
    }
}

impl fmt::Display for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sign_ins, sign_outs, writes, reads, rotations, refused, failed, .. } = self;
        let Self { revokes, ended, checked, survived, listed, over_cap, .. } = self;
        write!(
            f,
            "{sign_ins} sign-ins, {sign_outs} sign-outs, {writes} writes, {reads} reads, {rotations} new ids, {refused} \
             refused, {failed} failed; {revokes} times all ended, {ended} sessions in all; of {checked} ids from before, \
             {survived} opened one after; of {listed} lists, {over_cap} were over the cap"
        )
    }
}
