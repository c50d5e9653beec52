use std::{borrow::Cow, time::Duration};

use redis::Pipeline;
use session_core::store::{Applied, StoreError};

use crate::{
    protocol::{
        errors::{code, out_of_time, refused},
        replies::Reply,
        requests::{Command, Request, pack},
        scripts::Script,
    },
    servers::server_address::Address,
};

/// The attempts at one request: what to send next, and what follows from what came back. No I/O.
///
/// Every write recognises its own repetition, so a request may be sent again whatever became of it.
#[derive(Debug)]
pub(crate) struct Attempts {
    script: Option<&'static Script>,
    commands: Pipeline,
    /// Empty until an answer leaves something to be sent again, which few do.
    parts: Vec<Part>,
    /// Whether another server may take over, for which to wait as long as there is time.
    may_move: bool,
    failures: u32,
    redirections: u32,
    /// The first failure of an attempt that may have been carried out.
    lost: Option<StoreError>,
    last: Option<StoreError>,
}

/// What became of a command, which is sent until it is answered.
#[derive(Debug, Clone, Default)]
struct Part {
    answer: Option<Reply>,
    /// Where its slot is moving to.
    asked_at: Option<Address>,
    is_source: bool,
}

/// What follows from an answer.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// The connection is not to be used again.
    pub(crate) discard: bool,
    /// It has to be asked again where the slot is.
    pub(crate) doubt: bool,
    /// Where the slot is, by a redirection.
    pub(crate) moved: Option<Address>,
    pub(crate) next: Next,
}

#[derive(Debug)]
pub(crate) enum Next {
    /// Send again, after a pause.
    Again(Duration),
    Done(Result<Reply, StoreError>),
}

impl Verdict {
    const fn done(answer: Result<Reply, StoreError>) -> Self {
        Self { discard: false, doubt: false, moved: None, next: Next::Done(answer) }
    }
}

impl Attempts {
    /// How often a failure is met with another attempt where no other server can take over.
    const PATIENCE: u32 = 1;

    pub(crate) fn new(request: Request, may_move: bool) -> Self {
        let Request { script, commands } = request;
        let parts = Vec::new();
        Self { script, commands, parts, may_move, failures: 0, redirections: 0, lost: None, last: None }
    }

    /// Where the next attempt goes, if not to the server of its slot.
    pub(crate) fn detour(&self) -> Option<&Address> {
        self.unanswered().find_map(|part| part.asked_at.as_ref())
    }

    /// What the next attempt sends.
    pub(crate) fn commands(&self) -> Cow<'_, Pipeline> {
        let detour = self.detour();
        let is_of_this_way = |part: &Part| part.answer.is_none() && part.asked_at.as_ref() == detour;
        if detour.is_none() && self.parts.iter().all(is_of_this_way) {
            return Cow::Borrowed(&self.commands);
        }
        let commands = self.parts.iter().zip(self.commands.cmd_iter());
        let of_this_way = commands.filter(|(part, _)| is_of_this_way(part));
        let asking = || detour.map(|_| Command::asking());
        let sent: Vec<_> = of_this_way
            .flat_map(|(_, command)| asking().into_iter().chain([Command(command.clone())]))
            .collect();
        Cow::Owned(pack(sent))
    }

    fn unanswered(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.answer.is_none())
    }

    /// The request got no answer.
    pub(crate) fn failed(&mut self, error: StoreError) -> Verdict {
        Verdict { discard: true, doubt: true, moved: None, next: self.once_more(error) }
    }

    /// The server, at this address, answered each command.
    pub(crate) fn answered(&mut self, replies: Vec<Reply>, by: &Address) -> Verdict {
        if self.parts.is_empty() {
            let is_error = |reply: &Reply| matches!(reply, Reply::Error(_));
            if replies.len() == self.commands.len() && !replies.iter().any(is_error) {
                return Verdict::done(self.done(replies));
            }
            self.parts = vec![Part::default(); self.commands.len()];
        }
        let detour = self.detour().cloned();
        let step = if detour.is_some() { 2 } else { 1 };
        // Of each pair the first is the answer to ASKING.
        let mut replies = replies.into_iter().skip(step - 1).step_by(step);
        let (mut moved, mut refusal, mut is_unknown) = (None, None, false);
        for part in &mut self.parts {
            if part.answer.is_some() || part.asked_at != detour {
                continue;
            }
            match replies.next() {
                Some(Reply::Error(answer)) => match code(&answer) {
                    "NOSCRIPT" if !part.is_source => {
                        part.is_source = true;
                        is_unknown = true;
                    }
                    "ASK" if self.may_move => {
                        part.asked_at = redirection(&answer, by);
                        self.redirections += 1;
                    }
                    "MOVED" if self.may_move => {
                        part.asked_at = None;
                        moved = redirection(&answer, by);
                        self.redirections += 1;
                    }
                    _ => refusal = Some(answer),
                },
                Some(reply) => part.answer = Some(reply),
                None => part.answer = Some(Reply::Other),
            }
        }
        if is_unknown {
            self.name_source();
        }
        let all_answered = self.unanswered().next().is_none();
        match refusal {
            Some(answer) => self.refused(&answer),
            None if all_answered => {
                let answers = self.parts.iter_mut().filter_map(|part| part.answer.take()).collect();
                Verdict::done(self.done(answers))
            }
            None => Verdict {
                discard: false,
                doubt: moved.is_some(),
                moved,
                next: Next::Again(self.detour_pause()),
            },
        }
    }

    /// The server does not know the script by its hash.
    fn name_source(&mut self) {
        let call = self.commands.cmd_iter().next().cloned();
        if let (Some(script), Some(call)) = (self.script, call) {
            self.commands = pack([Command(call).with_source(script)]);
        }
    }

    /// No time is left.
    pub(crate) fn give_up(&mut self) -> StoreError {
        self.lost.take().or_else(|| self.last.take()).unwrap_or_else(|| out_of_time(Applied::No))
    }

    fn refused(&mut self, answer: &str) -> Verdict {
        match code(answer) {
            code @ ("READONLY" | "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN") => {
                for part in &mut self.parts {
                    part.asked_at = None;
                }
                // A replica would go on to answer; the name of its server may belong to another machine by now.
                let discard = code == "READONLY";
                Verdict { discard, doubt: true, moved: None, next: self.once_more(refused(answer)) }
            }
            // That this try was refused says nothing of an earlier one.
            _ => Verdict::done(Err(self.lost.take().unwrap_or_else(|| refused(answer)))),
        }
    }

    fn once_more(&mut self, error: StoreError) -> Next {
        self.failures += 1;
        if error.applied() == Applied::Unknown && self.lost.is_none() {
            self.lost = Some(error);
        } else {
            self.last = Some(error);
        }
        if self.may_move || self.failures <= Self::PATIENCE {
            Next::Again(self.pause())
        } else {
            Next::Done(Err(self.give_up()))
        }
    }

    /// The first failure is met at once: a connection that was closed while it idled tells nothing of the server.
    fn pause(&self) -> Duration {
        Duration::from_millis(20) * self.failures.saturating_sub(1).min(5)
    }

    /// Redirections cost no pause, unless servers send us in a circle.
    fn detour_pause(&self) -> Duration {
        const STRAIGHT: u32 = 4;

        Duration::from_millis(20) * self.redirections.saturating_sub(STRAIGHT).min(5)
    }

    fn done(&mut self, mut answers: Vec<Reply>) -> Result<Reply, StoreError> {
        let Some(script) = self.script else {
            return Ok(Reply::Array(answers));
        };
        let reply = answers.pop().unwrap_or(Reply::Other);
        match self.lost.take() {
            // It may be about what the lost attempt did, or others did on top of that: only the caller can tell.
            Some(lost) if !script.is_success(&reply) => Err(lost),
            _ => Ok(reply),
        }
    }
}

/// The address in `MOVED slot address` or `ASK slot address`.
fn redirection(answer: &str, by: &Address) -> Option<Address> {
    answer.split(' ').nth(2).and_then(|address| Address::redirected(address, by))
}
