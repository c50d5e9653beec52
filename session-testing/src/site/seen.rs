use super::{Look, watched::Asked};

/// What became of the session with one request.
pub(crate) struct Seen {
    pub(crate) before: Look,
    pub(crate) after: Look,
    /// What the id of before opens now.
    pub(crate) old: Look,
    pub(crate) asked: Vec<Asked>,
    /// The attributes of the session's cookie in the response, if it is there.
    pub(crate) cookie: Option<CookieChange>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieChange {
    Set {
        lasting: bool,
    },
    Removed,
    /// A browser does not obey the header.
    Refused,
}
