use peer_runner::{Contender, Kind};

/// What a request does with the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    Untouched,
    Read,
    Increment,
    New,
}

impl Work {
    /// In this order: the last one adds sessions.
    pub(crate) const ALL: [Self; 4] = [Self::Untouched, Self::Read, Self::Increment, Self::New];

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Untouched => "/untouched",
            Self::Read => "/read",
            Self::Increment => "/increment",
            Self::New => "/new",
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Untouched => "untouched",
            Self::Read => "read 2 keys",
            Self::Increment => "read + write",
            Self::New => "new session",
        }
    }

    /// A new session is for a browser without one.
    pub(crate) const fn has_cookies(self) -> bool {
        !matches!(self, Self::New)
    }

    /// What is worth measuring: a floor without a database has one thing to do, one with a database does not touch it
    /// in vain.
    pub(crate) fn is_done_by(self, contender: &Contender) -> bool {
        match (contender.is_floor(), contender.kind) {
            (true, Kind::None) => self == Self::Untouched,
            (true, _) => self != Self::Untouched,
            (false, _) => true,
        }
    }
}
