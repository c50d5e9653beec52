use std::{collections::BTreeMap, time::Duration};

use super::{OpenSession, TokenText, TokenVerdict, token::Token, value::decode_value};
use crate::{
    SessionConfig, SessionError,
    record::{Live, TokenDigests},
};

/// The named tokens of a session, for forms and one-time actions: the synchronizer token pattern
/// ([OWASP CSRF cheat sheet](https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html)).
///
/// Their values are stored in the session under the reserved token key and never leave the server unmasked. A name is a string
/// or a [`Key`](super::Key); tokens and values of one name do not meet.
///
/// # Errors
/// Every method returns a [`SessionError`] if the tokens cannot be read. A method that makes a text also returns one if the
/// source of entropy fails, and a method that changes the tokens if a limit would be exceeded or the session was destroyed.
///
/// ```
/// # use session_core::{Context, SessionConfig, Timestamp, Visit, exchange};
/// # let context = Context::new(SessionConfig::default());
/// # let session = exchange::fresh(&context, &Visit::new(), Timestamp::from_millis(0));
/// let form = session.tokens().text("order")?;
/// assert!(session.tokens().verify("order", form.as_str())?);
/// assert!(!session.tokens().verify("order", "something else")?);
/// # Ok::<(), session_core::SessionError>(())
/// ```
#[derive(Debug)]
pub struct Tokens<'a> {
    pub(super) session: &'a OpenSession,
}

type Named = BTreeMap<String, Token>;

impl OpenSession {
    /// The tokens of this session.
    #[must_use]
    pub const fn tokens(&self) -> Tokens<'_> {
        Tokens { session: self }
    }
}

#[allow(clippy::missing_errors_doc, reason = "said once for the type")]
impl Tokens<'_> {
    /// Makes a new token with this name and replaces an older one. It is valid for `lifetime`, or as long as the session.
    pub fn create(
        &self,
        name: impl AsRef<str>,
        lifetime: Option<Duration>,
    ) -> Result<TokenText, SessionError> {
        let name = name.as_ref();
        self.session.check_length(name)?;
        let now = self.session.time();
        let expires = lifetime.map(|lifetime| now.after(lifetime));
        let token = Token::generate(expires, self.session.context().entropy())?;
        let text = token.text(self.session.context().entropy())?;
        let name = name.to_owned();
        self.change(move |tokens| {
            tokens.retain(|_, token| token.is_live(now));
            tokens.insert(name.clone(), token.clone());
            Ok(())
        })?;
        Ok(text)
    }

    /// Returns the token with this name as text for a page, under a new mask. Makes the token if it is missing or expired.
    pub fn text(&self, name: impl AsRef<str>) -> Result<TokenText, SessionError> {
        match self.read(&name)? {
            Some(text) => Ok(text),
            None => self.create(name, None),
        }
    }

    /// Returns the token with this name as text for a page, or `None` if it is missing or expired.
    pub fn read(&self, name: impl AsRef<str>) -> Result<Option<TokenText>, SessionError> {
        let token = self.live(name.as_ref())?;
        Ok(token.map(|token| token.text(self.session.context().entropy())).transpose()?)
    }

    /// Whether `text` is the token with this name. The comparison takes constant time, and the token stays valid.
    pub fn verify(&self, name: impl AsRef<str>, text: &str) -> Result<bool, SessionError> {
        Ok(self.live(name.as_ref())?.is_some_and(|token| token.matches(text.as_bytes())))
    }

    /// Compares `text` with the token with this name, in constant time, and says why it is not the token. The token stays
    /// valid. A text of [`form_text`](Self::form_text) is recognised as well.
    pub fn check(&self, name: impl AsRef<str>, text: &str) -> Result<TokenVerdict, SessionError> {
        let name = name.as_ref();
        if let Some(verdict) = self.check_visitor(name, text) {
            return Ok(verdict);
        }
        Ok(match self.live(name)? {
            Some(token) => token.compare(text.as_bytes()),
            None => match TokenText::of_session(text.as_bytes()) {
                // The second half of a double click on a sign-in: the first one has given the tokens new values.
                Some(value) if self.session.state().arrived.had_token(name, &value) => TokenVerdict::Good,
                Some(_) => TokenVerdict::Missing,
                None => TokenVerdict::Wrong,
            },
        })
    }

    /// Uses the token up. Of any number of concurrent requests exactly one succeeds: the compare-and-swap decides it when the
    /// session is saved, and all other saves fail with [`SessionError::TokenSpent`].
    ///
    /// Until the save has succeeded this is only a claim. Save before acting on it, as `consume` of the drivers does.
    ///
    /// # Errors
    /// [`SessionError::TokenSpent`] if `text` is not the token with this name.
    pub fn claim(&self, name: impl AsRef<str>, text: &str) -> Result<(), SessionError> {
        let name = name.as_ref().to_owned();
        let mine = self.live(&name)?.filter(|token| token.matches(text.as_bytes()));
        let mine = mine.ok_or(SessionError::TokenSpent)?;
        self.change(move |tokens| match tokens.get(&name) {
            Some(token) if token.same(&mine) => {
                tokens.remove(&name);
                Ok(())
            }
            _ => Err(SessionError::TokenSpent),
        })
    }

    /// Removes the token with this name and returns its text. Two concurrent requests may both take it; see
    /// [`claim`](Self::claim).
    pub fn take(&self, name: impl AsRef<str>) -> Result<Option<TokenText>, SessionError> {
        let text = self.read(&name)?;
        self.remove(&name)?;
        Ok(text)
    }

    /// Removes the token with this name. Returns whether there was one.
    pub fn remove(&self, name: impl AsRef<str>) -> Result<bool, SessionError> {
        let name = name.as_ref();
        let there = self.all()?.contains_key(name);
        if there {
            let name = name.to_owned();
            self.change(move |tokens| {
                tokens.remove(&name);
                Ok(())
            })?;
        }
        Ok(there)
    }

    /// Removes all tokens.
    pub fn remove_all(&self) -> Result<(), SessionError> {
        if self.all()?.is_empty() {
            return Ok(());
        }
        self.change(|tokens| {
            tokens.clear();
            Ok(())
        })
    }

    /// The names of the valid tokens.
    pub fn names(&self) -> Result<Vec<String>, SessionError> {
        let now = self.session.time();
        Ok(self.all()?.into_iter().filter(|(_, token)| token.is_live(now)).map(|(name, _)| name).collect())
    }

    /// Gives every token a new value. A token that another request uses up or makes meanwhile ends.
    pub(super) fn renew_all(&self) -> Result<(), SessionError> {
        let entropy = self.session.context().entropy();
        let renewals = self
            .all()?
            .into_iter()
            .map(|(name, old)| Ok((name, (old.renewed(entropy)?, old))))
            .collect::<Result<BTreeMap<_, _>, crate::id::EntropyError>>()?;
        self.change(move |tokens| {
            // In a replay, a token that is gone must stay gone: another request may have used it up.
            tokens.retain(|name, token| match renewals.get(name) {
                Some((new, old)) if token.same(old) => {
                    token.clone_from(new);
                    true
                }
                _ => false,
            });
            Ok(())
        })
    }

    fn live(&self, name: &str) -> Result<Option<Token>, SessionError> {
        let now = self.session.time();
        Ok(self.all()?.remove(name).filter(|token| token.is_live(now)))
    }

    fn all(&self) -> Result<Named, SessionError> {
        self.session.get_or_default(&self.session.context().config().token_key)
    }

    fn change(
        &self,
        change: impl Fn(&mut Named) -> Result<(), SessionError> + Send + Sync + 'static,
    ) -> Result<(), SessionError> {
        self.session.change(
            &self.session.context().config().token_key,
            move |old: Option<Named>| {
                let mut tokens = old.unwrap_or_default();
                change(&mut tokens)?;
                Ok((Some(tokens).filter(|tokens| !tokens.is_empty()), ()))
            },
            |error, _| error,
        )?
    }
}

/// The tokens of a record, to be recognised later.
pub(crate) fn tokens_of(live: &Live, config: &SessionConfig) -> TokenDigests {
    let mut digests = TokenDigests::default();
    let bytes = live.entries.get(config.token_key.as_bytes());
    let named = bytes.and_then(|bytes| decode_value::<Named>(live.codec, &config.token_key, bytes).ok());
    for (name, token) in named.iter().flatten() {
        digests.add(name, token.value());
    }
    digests
}
