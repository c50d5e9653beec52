//! Tokens for visitors without a stored session, so that looking at a form stores nothing: a signed double submit
//! ([OWASP CSRF cheat sheet](https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html)).

use std::fmt;

use subtle::{Choice, ConstantTimeEq as _};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{TokenText, TokenVerdict, Tokens};
use crate::{
    SessionConfig, SessionError, Visit,
    config::CookieSettings,
    cookie,
    id::{Entropy, EntropyError, base64},
    observe::log,
};

/// Makes the name of the cookie from that of the session's, so that a prefix like `__Host-` stays.
const SUFFIX: &str = "-csrf";
/// Tells the text of a visitor from that of a session.
const PREFIX: &str = "v";
/// The most cookies of the name that are tried. A sibling subdomain can plant some beside the right one.
const MAX_NONCES: usize = 8;

/// The random bytes in the cookie. The texts of tokens are made of them with the application's secret.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
struct Nonce([u8; 32]);

/// What the browser keeps for the tokens of a session that is not stored.
#[derive(Default)]
pub(crate) struct Visitor {
    /// The nonces among the cookies, in their order.
    known: Vec<Nonce>,
    /// A nonce that the response must send.
    fresh: Option<Nonce>,
    /// Whether the browser has the cookie.
    has_cookie: bool,
}

impl Visitor {
    pub(crate) fn of(visit: &Visit<'_>, config: &SessionConfig) -> Self {
        let mut known = Vec::new();
        cookie::values(visit, config.cookie.name.as_bytes(), SUFFIX.as_bytes(), |value| {
            let mut nonce = Nonce([0; 32]);
            if base64::decode(value, &mut nonce.0).is_some() {
                known.push(nonce);
            }
            known.len() < MAX_NONCES
        });
        Self { has_cookie: !known.is_empty(), known, fresh: None }
    }

    /// An owner has no token of a visitor, so it is enough to know whether there is a cookie to be renewed in the end.
    pub(crate) fn of_owner(visit: &Visit<'_>, config: &SessionConfig) -> Self {
        let mut has_cookie = false;
        cookie::values(visit, config.cookie.name.as_bytes(), SUFFIX.as_bytes(), |_| {
            has_cookie = true;
            false
        });
        Self { has_cookie, ..Self::default() }
    }

    /// The nonce for a page. One that the browser has is kept, so that the forms of all its tabs stay valid.
    fn nonce(&mut self, entropy: &dyn Entropy) -> Result<Nonce, EntropyError> {
        if let Some(nonce) = self.known.first().or(self.fresh.as_ref()) {
            return Ok(nonce.clone());
        }
        let mut nonce = Nonce([0; 32]);
        entropy.fill(&mut nonce.0)?;
        Ok(self.fresh.insert(nonce).clone())
    }

    /// Replaces the nonce of the browser, if it has one. Without entropy the browser keeps it.
    pub(crate) fn renew(&mut self, entropy: &dyn Entropy) {
        let mut nonce = Nonce([0; 32]);
        if self.has_cookie && self.fresh.is_none() && entropy.fill(&mut nonce.0).is_ok() {
            self.known.clear();
            self.fresh = Some(nonce);
        }
    }

    pub(crate) fn header(&self, cookie: &CookieSettings) -> Option<Zeroizing<String>> {
        let nonce = self.fresh.as_ref()?;
        let length = base64::letters(nonce.0.len());
        Some(cookie::render_beside(cookie, SUFFIX, length, |header| base64::encode(&nonce.0, header)))
    }
}

impl Nonce {
    /// The token of the nonce: a keyed hash. Only the holder of the secret can make it.
    fn token(&self, name: &str, key: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        let mut hasher = blake3::Hasher::new_keyed(key);
        hasher.update(&self.0).update(name.as_bytes());
        Zeroizing::new(hasher.finalize().into())
    }
}

#[allow(clippy::missing_errors_doc, reason = "said once for the type")]
impl Tokens<'_> {
    /// Returns a text for a form, without storing a session for it.
    ///
    /// If the session is stored or has something to be stored, or its request carries the id in a header, this is
    /// [`text`](Self::text); [`is_for_owner`](TokenText::is_for_owner) then tells whether the session had an owner. Otherwise it is
    /// the token of a visitor: a hash of a random value in a second cookie, which the driver sends with the response
    /// ([`visitor_cookie`](crate::exchange::visitor_cookie)). It is called like the session's cookie with `-csrf` at its end,
    /// has the same attributes, and ends with the browser. [`check`](Self::check) accepts the token together with that cookie,
    /// without the store, as long as the session has no owner. `verify` and `claim` do not know it.
    ///
    /// The hash is keyed with the first of the application's secrets; without one it follows from the cookie alone. In either
    /// case a site that can plant cookies here, such as a sibling subdomain, can plant a pair that it got for itself, as it
    /// could plant a whole anonymous session. A `__Host-` name prevents both.
    pub fn form_text(&self, name: impl AsRef<str>) -> Result<TokenText, SessionError> {
        let (name, context) = (name.as_ref(), self.session.context());
        let mut state = self.session.state();
        let is_visitor = state.base.is_none()
            && state.live.is_blank(context.config())
            && !state.outside_http
            && !state.by_header
            && !state.is_ended();
        if !is_visitor {
            let has_owner = state.live.owner.is_some();
            drop(state);
            let text = self.text(name)?;
            return Ok(if has_owner { text.for_owner() } else { text });
        }
        self.session.check_length(name)?;
        if state.head_sent && state.visitor.known.is_empty() {
            log::token_after_head();
        }
        let token = state.visitor.nonce(context.entropy())?.token(name, context.config().visitor_key());
        Ok(TokenText::masked(PREFIX, &token, context.entropy())?)
    }

    /// What the text is if it is in the form of a visitor's token.
    pub(super) fn check_visitor(&self, name: &str, text: &str) -> Option<TokenVerdict> {
        let given = TokenText::unmasked(text.strip_prefix(PREFIX)?.as_bytes())?;
        let state = self.session.state();
        if state.live.owner.is_some() {
            return Some(TokenVerdict::Superseded);
        }
        if state.visitor.known.is_empty() {
            return Some(TokenVerdict::Missing);
        }
        let keys = self.session.context().config().visitor_keys();
        let tokens = keys.flat_map(|key| state.visitor.known.iter().map(|nonce| nonce.token(name, key)));
        let good = tokens.fold(Choice::from(0), |good, token| good | token.ct_eq(&*given));
        Some(if good.into() { TokenVerdict::Good } else { TokenVerdict::Wrong })
    }
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor")
            .field("known", &self.known.len())
            .field("fresh", &self.fresh.is_some())
            .finish()
    }
}
