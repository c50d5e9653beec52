use session_core::{
    SessionError,
    session::{Arrival, SignInRequired},
};

use super::{
    CsrfError, CsrfRules,
    origin::{self, Foreign},
};
use crate::{
    Head, Session, SessionFailure,
    request::{first, lines},
};

/// A request that does not pass, with what its log line says about the cure.
#[derive(Debug, Clone, Copy)]
#[must_use = "a refused request must change nothing"]
pub struct CsrfRefusal {
    error: CsrfError,
    cure: &'static str,
    /// How the request arrived at its session, if that was looked at.
    arrival: Option<Arrival>,
    requires_sign_in: bool,
}

impl CsrfRefusal {
    pub(super) const fn foreign(why: Foreign) -> Self {
        Self { error: CsrfError::CrossSite, cure: of_origin(why), arrival: None, requires_sign_in: false }
    }

    /// A refusal because of the token.
    pub(super) fn of(error: CsrfError, head: &impl Head, session: &Session) -> Self {
        let arrival = session.arrival();
        let cure = match (error, arrival) {
            (CsrfError::SessionGone, Arrival::New | Arrival::CrossSite) => {
                of_cookie(head, session.request().cookie().secure)
            }
            (error, _) => of_token(error),
        };
        Self { error, cure, arrival: Some(arrival), requires_sign_in: false }
    }

    /// The refusal of a form that was made for an owner, while nobody is signed in.
    pub(super) const fn requiring_sign_in(self) -> Self {
        Self { requires_sign_in: true, cure: SIGNED_OUT, ..self }
    }

    /// Returns why the request does not pass.
    #[must_use]
    pub const fn error(&self) -> CsrfError {
        self.error
    }

    /// Returns whether the request may reach its handler all the same, if the application wishes so. A form that broke off has
    /// nothing that could be shown again.
    #[must_use]
    pub fn may_be_let_through(&self) -> bool {
        self.error != CsrfError::Unreadable
    }

    /// Logs what was compared, and never the token. To be called once for each refusal.
    pub fn log(&self, head: &impl Head, rules: &CsrfRules, let_through: bool) {
        let origin = shown(head, "origin");
        let host = origin::host(head).map(cut).or_else(|| shown(head, "host"));
        let fetch_site = shown(head, "sec-fetch-site");
        tracing::info!(
            target: "alo_session",
            reason = ?self.error,
            arrival = self.arrival.map(tracing::field::debug),
            cure = self.cure,
            method = %head.method(),
            origin,
            host,
            fetch_site,
            field = &*rules.field,
            header = %rules.header,
            let_through,
            "request refused by the CSRF protection"
        );
    }
}

/// A form of somebody who is not signed in any more fails as every page that requires a sign-in. Any other refusal is a
/// [`CsrfError`].
impl From<CsrfRefusal> for SessionFailure {
    fn from(refusal: CsrfRefusal) -> Self {
        if refusal.requires_sign_in {
            return SessionError::from(SignInRequired::NotSignedIn).into();
        }
        refusal.error.into()
    }
}

const SIGNED_OUT: &str = "the form was made for somebody who was signed in, and nobody is now: a longer `idle` lets people take their \
     time; show the form again, with `let_through`";

const fn of_origin(why: Foreign) -> &'static str {
    match why {
        Foreign::ByMetadata => "if the page is one of yours, allow its origin with `allow_origin`",
        Foreign::OtherHost => {
            "the origin is not the host: if a proxy replaces the host, let it pass `Host` on unchanged; if the page is one of \
             yours, allow its origin with `allow_origin`"
        }
        Foreign::OtherPort => {
            "the origin has another port than the host: let the proxy pass `Host` on with its port, or allow the origin with \
             `allow_origin`"
        }
        Foreign::Null => {
            "the page hides its origin: send `Referrer-Policy: same-origin` instead of `no-referrer` with your pages, or allow \
             it with `allow_null_origin`"
        }
        Foreign::NoHost => "the request has no `Host` to compare the origin with: let the proxy pass it on",
        Foreign::Ambiguous => "`Origin` or `Sec-Fetch-Site` occurs twice or is not text: look at the proxy",
    }
}

const fn of_token(error: CsrfError) -> &'static str {
    match error {
        CsrfError::MissingToken => {
            "put `CsrfToken::input` into the form, or `CsrfToken::text` into the header; exempt clients without cookies with \
             `exempt`"
        }
        CsrfError::SessionGone => {
            "the session has ended since the page was made: a longer `idle` lets people take their time; show the form again, \
             with `let_through`"
        }
        CsrfError::Superseded => {
            "the page is from before a change of the session: show the form again, with `let_through`"
        }
        CsrfError::WrongToken => {
            "the token is of another session: all machines need the same store and the same secret"
        }
        CsrfError::FormTooLarge => "raise `form_limit`, or send the token in the header",
        CsrfError::TokenTooLate => {
            "put `CsrfToken::input` before the files of the form, or raise `multipart_limit`"
        }
        _ => "the client closed the connection, or its form is damaged",
    }
}

fn of_cookie(head: &impl Head, secure: bool) -> &'static str {
    let plain = first(head, "origin").is_some_and(|origin| origin.starts_with(b"http://"));
    if secure && plain {
        "no cookie of the session came with the request, and the page came over plain HTTP, where browsers keep no `Secure` \
         cookie: use HTTPS, or `cookie.secure = false` on a network that you trust"
    } else {
        "no cookie of the session came with the request: the session has ended, the browser keeps no cookies, `SameSite` holds \
         it back, or it is `Secure` and the page came over plain HTTP"
    }
}

/// The header for the log, escaped and not longer than an origin.
fn shown(head: &impl Head, name: &str) -> Option<String> {
    let mut values = lines(head, name).map(String::from_utf8_lossy);
    let first = values.next()?;
    Some(values.fold(cut(&first), |all, value| all + " | " + &cut(&value)))
}

fn cut(text: &str) -> String {
    text.chars().take(300).flat_map(char::escape_debug).collect()
}
