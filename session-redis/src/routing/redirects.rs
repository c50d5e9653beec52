use std::{borrow::Cow, mem};

use redis::Pipeline;
use session_core::store::StoreErrorKind;

use crate::{
    protocol::{Command, Reply, Request, Script, errors::Meaning, first_word, pack},
    servers::ServerAddress,
};

/// The commands of one request and their replies. A cluster may redirect each command by itself. No I/O.
#[derive(Debug)]
pub(crate) struct Redirects {
    script: Option<&'static Script>,
    /// Whether the only command is `SET … IFEQ`.
    is_swap: bool,
    /// Whether the server does not know it.
    lacks_swap: bool,
    commands: Pipeline,
    /// One for each command. Empty until a command must be sent again, which is rare.
    states: Vec<State>,
    /// Whether redirections are followed.
    is_followed: bool,
    count: u32,
}

/// What has become of a command, which is sent until it has a reply.
#[derive(Debug, Clone, Default)]
struct State {
    reply: Option<Reply>,
    /// The node that its slot is moving to.
    ask: Option<ServerAddress>,
    is_source: bool,
}

/// What is left to do after the replies to an attempt.
#[derive(Debug)]
pub(crate) enum Progress {
    /// Nothing: each command has a reply.
    Complete(Vec<Reply>),
    /// A command was answered with this error.
    Refused(String),
    SendAgain {
        moved_to: Option<ServerAddress>,
    },
}

impl Redirects {
    pub(crate) fn new(request: Request, is_followed: bool) -> Self {
        let Request { script, is_swap, commands } = request;
        Self { script, is_swap, lacks_swap: false, commands, states: Vec::new(), is_followed, count: 0 }
    }

    /// Whether a server did not know `SET … IFEQ`.
    pub(crate) const fn lacks_swap(&self) -> bool {
        self.lacks_swap
    }

    /// Sends the script from now on, where `SET … IFEQ` was sent.
    pub(crate) fn leave_swap(&mut self) {
        let swap = if mem::take(&mut self.is_swap) { self.commands.cmd_iter().next().cloned() } else { None };
        if let (Some(script), Some(swap)) = (self.script, swap) {
            self.commands = pack([Command(swap).swap_by(script)]);
        }
    }

    /// How many redirections there were.
    pub(crate) const fn count(&self) -> u32 {
        self.count
    }

    /// The node that the next attempt asks instead of that of the slot.
    pub(crate) fn ask_redirect(&self) -> Option<&ServerAddress> {
        self.unanswered().find_map(|state| state.ask.as_ref())
    }

    /// What the next attempt sends: the commands without a reply that go to the same node.
    pub(crate) fn commands(&self) -> Cow<'_, Pipeline> {
        let ask = self.ask_redirect();
        let is_sent = |state: &State| state.reply.is_none() && state.ask.as_ref() == ask;
        if ask.is_none() && self.states.iter().all(is_sent) {
            return Cow::Borrowed(&self.commands);
        }
        let commands = self.states.iter().zip(self.commands.cmd_iter());
        let sent: Vec<_> = commands
            .filter(|(state, _)| is_sent(state))
            .flat_map(|(_, command)| {
                ask.map(|_| Command::asking()).into_iter().chain([Command(command.clone())])
            })
            .collect();
        Cow::Owned(pack(sent))
    }

    /// Takes in the replies to what was sent.
    pub(crate) fn note_replies(&mut self, replies: Vec<Reply>, from: &ServerAddress) -> Progress {
        if self.is_swap {
            return self.note_swap(replies, from);
        }
        if self.states.is_empty() {
            let is_error = |reply: &Reply| matches!(reply, Reply::Error(_));
            if replies.len() == self.commands.len() && !replies.iter().any(is_error) {
                return Progress::Complete(replies);
            }
            self.states = vec![State::default(); self.commands.len()];
        }
        let ask = self.ask_redirect().cloned();
        let step = if ask.is_some() { 2 } else { 1 };
        // The first of each pair is the reply to ASKING.
        let mut replies = replies.into_iter().skip(step - 1).step_by(step);
        let (mut moved_to, mut refusal, mut needs_source) = (None, None, false);
        for state in &mut self.states {
            if state.reply.is_some() || state.ask != ask {
                continue;
            }
            match replies.next() {
                Some(Reply::Error(error)) => match first_word(&error) {
                    "NOSCRIPT" if !state.is_source => {
                        state.is_source = true;
                        needs_source = true;
                    }
                    "ASK" if self.is_followed => {
                        state.ask = target(&error, from);
                        self.count += 1;
                    }
                    "MOVED" if self.is_followed => {
                        state.ask = None;
                        moved_to = target(&error, from);
                        self.count += 1;
                    }
                    _ => refusal = Some(error),
                },
                Some(reply) => state.reply = Some(reply),
                None => state.reply = Some(Reply::Other),
            }
        }
        if needs_source {
            self.send_source();
        }
        match refusal {
            Some(error) => Progress::Refused(error),
            None if self.unanswered().next().is_some() => Progress::SendAgain { moved_to },
            None => {
                Progress::Complete(self.states.iter_mut().filter_map(|state| state.reply.take()).collect())
            }
        }
    }

    fn note_swap(&mut self, mut replies: Vec<Reply>, from: &ServerAddress) -> Progress {
        let reply = replies.pop();
        if matches!(reply, Some(Reply::Status(_))) {
            return Progress::Complete(vec![DONE]);
        }
        self.leave_swap();
        let mut moved_to = None;
        match reply {
            // The script tells why, or finds that an earlier try of the caller has written it.
            Some(Reply::Nil) => {}
            Some(Reply::Error(error)) => match first_word(&error) {
                "MOVED" if self.is_followed => {
                    moved_to = target(&error, from);
                    self.count += 1;
                }
                // The script gets the same answer, and follows it.
                "ASK" if self.is_followed => {}
                _ => match Meaning::of(&error).kind {
                    StoreErrorKind::Other | StoreErrorKind::Unsupported => self.lacks_swap = true,
                    _ => return Progress::Refused(error),
                },
            },
            _ => return Progress::Complete(vec![Reply::Other]),
        }
        Progress::SendAgain { moved_to }
    }

    /// Sends all commands to the server of the slot again.
    pub(crate) fn forget_asks(&mut self) {
        for state in &mut self.states {
            state.ask = None;
        }
    }

    /// The server does not know the script by its hash.
    fn send_source(&mut self) {
        let call = self.commands.cmd_iter().next().cloned();
        if let (Some(script), Some(call)) = (self.script, call) {
            self.commands = pack([Command(call).with_source(script)]);
        }
    }

    fn unanswered(&self) -> impl Iterator<Item = &State> {
        self.states.iter().filter(|state| state.reply.is_none())
    }
}

/// What the script that commits replies when it has.
const DONE: Reply = Reply::Int(1);

/// The address in `MOVED slot address` or `ASK slot address`.
fn target(error: &str, from: &ServerAddress) -> Option<ServerAddress> {
    error.split(' ').nth(2).and_then(|address| ServerAddress::redirected(address, from))
}
