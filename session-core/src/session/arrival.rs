use crate::{
    id::StoreKey,
    observe::{EndedBy, Rejection},
    record::TokenDigests,
};

/// How a request arrived at its session. See [`OpenSession::arrival`](super::OpenSession::arrival).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrival {
    /// The request had no cookie that could be an id: a first visit, or a browser that has dropped its cookie.
    New,
    /// The request had no such cookie either, but another site sent it, so `SameSite` may have held the cookie back.
    CrossSite,
    /// Its id opened the stored session.
    Known,
    /// The store does not know its id. Most often the session has expired; it may also have ended long ago, or the id was
    /// never issued.
    Expired,
    /// A sign-in or another change of rights replaced its id a moment ago: the browser has, or is about to get, a newer one.
    Superseded,
    /// Its session ended a moment ago.
    Ended(EndedBy),
    /// Its id opened no session for this request.
    Rejected(Rejection),
    /// Its id was replaced because of its age, and came back after the grace.
    Reused,
    /// The record of its session cannot be read. The record was left as it is.
    Unreadable,
}

/// How a request arrived, with what only the core must know.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) arrival: Arrival,
    pub(crate) standing: Standing,
    /// The session that was made of the one that the id named.
    pub(crate) successor: Option<StoreKey>,
    /// What the form tokens of the superseded session were.
    pub(crate) tokens: TokenDigests,
    /// Whether there may be a cookie of visitors' forms. Looking for it takes time.
    pub(crate) has_form_cookie: bool,
    /// The other sessions that the cookies of the request name.
    pub(crate) others: Vec<StoreKey>,
}

/// What a request without a stored session may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It may store a session and give its browser the cookie.
    Free,
    /// Its browser has, or is about to get, a newer cookie. Only a sign-in may replace that.
    Late,
    /// Its browser may hold a cookie that it did not send. Only a sign-in may replace that.
    Withheld,
}

impl Arrived {
    /// Whether a page of the superseded session had this token, a moment ago.
    pub(crate) fn had_token(&self, name: &str, value: &[u8; 32]) -> bool {
        self.standing == Standing::Late && self.tokens.contains(name, value)
    }

    pub(crate) fn new(arrival: Arrival) -> Self {
        let standing = match arrival {
            Arrival::CrossSite => Standing::Withheld,
            Arrival::Superseded | Arrival::Rejected(_) => Standing::Late,
            _ => Standing::Free,
        };
        Self {
            arrival,
            standing,
            successor: None,
            tokens: TokenDigests::default(),
            has_form_cookie: true,
            others: Vec::new(),
        }
    }
}
