use std::{collections::VecDeque, panic::resume_unwind, time::Duration};

use futures_util::future::join;
use session_core::SessionError;

use super::{Act, Answer, Gate, Held};

/// Does what the query of the request says with its session, and returns what to answer: the whole handler of `/act` and
/// `/guarded`. `body` is the whole body of the request.
///
/// # Errors
/// [`SessionError`] that the handler must return, as the framework's handlers do by `?`.
///
/// # Panics
/// If the query says so.
pub async fn act<H: Held>(held: &H, query: &str, body: &[u8]) -> Result<Answer<H>, SessionError> {
    let mut deed = Deed::new(held, query, body);
    deed.go_on().await?;
    let (status, headers, discards) = (deed.status, std::mem::take(&mut deed.headers), deed.discards);
    let said = std::mem::take(&mut deed.said);
    let later = Some(deed).filter(|deed| !deed.steps.is_empty());
    Ok(Answer { status, headers, discards, said, later })
}

/// Does what a message to the socket says, and returns what to send back.
pub async fn said<H: Held>(held: &H, message: &str) -> String {
    let mut deed = Deed::new(held, message, &[]);
    match deed.go_on().await {
        Ok(()) => String::from_utf8_lossy(&deed.into_said()).into_owned(),
        Err(error) => format!("error {error:?}"),
    }
}

/// A handler that is under way.
pub(super) struct Deed<H> {
    held: H,
    steps: VecDeque<(String, String)>,
    body: Vec<u8>,
    status: u16,
    headers: Vec<(String, String)>,
    discards: bool,
    said: Vec<u8>,
}

impl<H: Held> Deed<H> {
    fn new(held: &H, query: &str, body: &[u8]) -> Self {
        Self {
            held: held.clone(),
            steps: Act::of(query).steps().collect(),
            body: body.to_vec(),
            status: 200,
            headers: Vec::new(),
            discards: false,
            said: Vec::new(),
        }
    }

    pub(super) fn into_said(self) -> Vec<u8> {
        self.said
    }

    /// Does all steps up to the head, or to the end.
    pub(super) async fn go_on(&mut self) -> Result<(), SessionError> {
        while let Some((word, what)) = self.steps.pop_front() {
            if word == "head" {
                return Ok(());
            }
            self.step(&word, &what).await?;
        }
        Ok(())
    }

    fn say(&mut self, text: impl AsRef<[u8]>) {
        if !self.said.is_empty() {
            self.said.push(b' ');
        }
        self.said.extend_from_slice(text.as_ref());
    }

    async fn step(&mut self, word: &str, what: &str) -> Result<(), SessionError> {
        match word {
            "save" => self.held.save().await?,
            "try-save" => {
                let text = if self.held.save().await.is_ok() { "saved" } else { "refused" };
                self.say(text);
            }
            // Two at once, as of two clones in two tasks.
            "save-twice" => {
                let other = self.held.clone();
                let (one, two) = join(self.held.save(), other.save()).await;
                one.and(two)?;
            }
            "refresh" => {
                let live = self.held.refresh().await?;
                self.say(format!("{live:?}"));
            }
            "consume" => {
                let (name, text) = what.split_once(':').unwrap_or((what, ""));
                let is_good = self.held.consume(name, text).await?;
                self.say(is_good.to_string());
            }
            "end-others" => {
                let ended = self.held.end_others().await?;
                self.say(ended.to_string());
            }
            "end-all" => {
                let ended = self.held.end_all(what).await?;
                self.say(ended.to_string());
            }
            "gate" => {
                if let Some(gate) = Gate::named(what) {
                    gate.pass().await;
                }
            }
            "status" => self.status = what.parse().unwrap_or(599),
            "header" => {
                let (name, value) = what.split_once(':').unwrap_or((what, ""));
                self.headers.push((name.to_owned(), value.to_owned()));
            }
            "discard" => self.discards = true,
            "body" => {
                let body = std::mem::take(&mut self.body);
                self.say(body);
            }
            "say" => self.say(what),
            "panic" => panics(),
            word => {
                if let Some(text) = on_session(self.held.session(), word, what)? {
                    self.say(text);
                }
            }
        }
        Ok(())
    }
}

/// Panics without a word in the output of the tests.
fn panics() {
    resume_unwind(Box::new("a handler of the kit panics, as its case wants"));
}

/// Does what needs no waiting, and returns what there is to say.
fn on_session(
    session: &session_core::OpenSession,
    word: &str,
    what: &str,
) -> Result<Option<String>, SessionError> {
    let (key, value) = what.split_once(':').unwrap_or((what, ""));
    Ok(match word {
        "set" => {
            session.set(key, value)?;
            None
        }
        // More than a session may have.
        "fill" => {
            session.set(key, "x".repeat(4 << 20))?;
            None
        }
        "get" => Some(session.get::<String>(key)?.unwrap_or_else(|| "-".to_owned())),
        "add" => {
            let added = session.update(key, |number: &mut u32| {
                *number += 1;
                *number
            })?;
            Some(added.to_string())
        }
        "number" => Some(session.get::<u32>(key)?.unwrap_or(0).to_string()),
        "login" => {
            session.login(what)?;
            None
        }
        "logout" => {
            session.logout()?;
            None
        }
        "rotate" => {
            session.rotate()?;
            None
        }
        "destroy" => {
            session.destroy();
            None
        }
        "owner" => Some(session.owner().unwrap_or_else(|| "nobody".to_owned())),
        "demand" => {
            session.require_owner()?;
            None
        }
        "fresh" => {
            session.require_fresh(Duration::from_secs(what.parse().unwrap_or(0)))?;
            None
        }
        "level" => {
            session.require_level(what.parse().unwrap_or(u8::MAX))?;
            None
        }
        "flash" => {
            session.flash("info", what)?;
            None
        }
        "flashes" => {
            let texts: Vec<String> = session.take_flashes()?.into_iter().map(|flash| flash.text).collect();
            Some(format!("[{}]", texts.join(",")))
        }
        "arrival" => Some(format!("{:?}", session.arrival())),
        "token" => Some(session.tokens().form_text("csrf")?.as_str().to_owned()),
        "verify" => Some(session.tokens().verify(key, value)?.to_string()),
        "ticket" => Some(session.tokens().create(what, None)?.as_str().to_owned()),
        other => Some(format!("unknown step {other}")),
    })
}
