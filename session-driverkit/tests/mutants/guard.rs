use bytes::Bytes;
use http::{Method, Response};
use session_core::{
    OpenSession,
    session::{TokenText, TokenVerdict},
};

use crate::{
    answer::{Body, text},
    ask::Ask,
    driver::Driver,
    flaw::Flaw,
};

/// The most that is read of a form.
const LIMIT: usize = 64 * 1024;

/// What is checked of a request.
#[derive(Clone, Copy)]
pub(crate) struct Checks {
    pub(crate) origin: bool,
    pub(crate) token: bool,
}

impl Checks {
    pub(crate) fn of(driver: &Driver, ask: &Ask) -> Self {
        let is_handshake = ask.header("upgrade").is_some();
        let changes = match driver.flaw {
            Flaw::OnlyPostIsGuarded => ask.method == Method::POST,
            Flaw::GetIsGuardedAndPostIsNot => ask.method == Method::GET,
            _ => !ask.is_safe(),
        };
        let is_program = ask.id(driver).is_some();
        let is_spared = driver.is(Flaw::NoOrigin) || is_program && driver.is(Flaw::ProgramsNeedNoOrigin);
        Self {
            origin: !is_spared
                && (changes
                    || is_handshake && !driver.is(Flaw::HandshakesPass)
                    || driver.is(Flaw::SafeMethodsNeedTheOrigin)),
            token: changes && (!is_program || driver.is(Flaw::ProgramsNeedTheToken))
                || driver.is(Flaw::SafeMethodsNeedTheToken)
                || is_handshake && driver.is(Flaw::HandshakesNeedTheToken),
        }
    }
}

/// Returns the refusal of a request that a page of another origin sent.
pub(crate) fn origin(driver: &Driver, ask: &Ask) -> Option<Response<Body>> {
    let passes = match (ask.header("sec-fetch-site"), ask.header("origin")) {
        (Some("same-origin" | "none"), _) | (None, None) => true,
        (Some(_), _) => false,
        (None, Some("null")) => driver.is(Flaw::NullPasses),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == ask.header("host"),
    };
    (!passes).then(|| refusal("It comes from another site."))
}

fn refusal(why: &'static str) -> Response<Body> {
    let mut response = text(403, why);
    response.headers_mut().insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}

/// Returns the refusal of a request without the token of its session.
pub(crate) fn token(
    driver: &Driver,
    ask: &Ask,
    session: &OpenSession,
    body: &Bytes,
) -> Option<Response<Body>> {
    let found = match find(driver, ask, body) {
        Ok(found) => found,
        Err(too_large) => return Some(*too_large),
    };
    let Some(found) = found else { return judged(driver, false) };
    if driver.is(Flaw::LogsTokens) {
        tracing::warn!(token = found, "a form was checked");
    }
    let is_good = matches!(session.tokens().check("csrf", &found), Ok(TokenVerdict::Good));
    let passes = match driver.flaw {
        Flaw::TokensAreNotBound => is_good || found.len() >= 86,
        Flaw::TokensOutliveTheSignIn => {
            let mut kept = driver.kept();
            if is_good {
                kept.tokens.insert(found.clone());
            }
            kept.tokens.contains(&found)
        }
        _ => is_good,
    };
    if !passes && TokenText::is_for_owner(&found) && session.owner().is_none() {
        match driver.flaw {
            Flaw::SignedOutIs403 => {}
            Flaw::SignedOutIsLeftToTheGuard => return None,
            _ => return Some(text(401, "Please sign in first.")),
        }
    }
    judged(driver, passes)
}

fn judged(driver: &Driver, passes: bool) -> Option<Response<Body>> {
    (!passes && !driver.is(Flaw::OnlyWarns)).then(|| refusal("It lacks the token."))
}

/// Finds the token. A form that is too large is an error.
fn find(driver: &Driver, ask: &Ask, body: &Bytes) -> Result<Option<String>, Box<Response<Body>>> {
    if let Some(header) = ask.header("x-csrf-token") {
        return Ok(Some(header.to_owned()));
    }
    let query = ask.parts.uri.query().unwrap_or_default();
    let in_form = |form: &[u8]| {
        let mut pairs = form_urlencoded::parse(form);
        pairs.find(|(name, _)| name == "_csrf").map(|(_, value)| value.into_owned())
    };
    let kind = ask.header("content-type").unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") && !driver.is(Flaw::NoUrlEncoded) {
        return match (body.len() > LIMIT, driver.flaw) {
            (true, Flaw::LimitIs403) => Err(refusal("It is too large.").into()),
            (true, Flaw::NoLimit) | (false, _) => Ok(in_form(body)),
            (true, _) => Err(text(413, "It is too large.").into()),
        };
    }
    if kind.starts_with("multipart/form-data") && !driver.is(Flaw::NoMultipart) {
        return Ok(in_multipart(&body[..body.len().min(LIMIT)]));
    }
    Ok(in_form(query.as_bytes()).filter(|_| driver.is(Flaw::TokenInTheQuery)))
}

fn in_multipart(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let (_, rest) = text.split_once("name=\"_csrf\"\r\n\r\n")?;
    rest.split_once("\r\n").map(|(token, _)| token.to_owned())
}

/// What the handler gets of the body.
pub(crate) fn left(driver: &Driver, ask: &Ask, body: Bytes) -> Bytes {
    let kind = ask.header("content-type").unwrap_or_default();
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    match driver.flaw {
        Flaw::FormsAreEaten if is_form => Bytes::new(),
        Flaw::BeginningsAreEaten if !is_form => body.slice(body.len().min(LIMIT)..),
        Flaw::TokensAreTakenOut if is_form => {
            let pairs = form_urlencoded::parse(&body).filter(|(name, _)| name != "_csrf");
            form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into()
        }
        _ => body,
    }
}
