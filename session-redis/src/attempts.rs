use std::{borrow::Cow, time::Duration};

use redis::Pipeline;
use session_core::store::{Applied, StoreError};

use crate::{
    address::Address,
    failure::{code, out_of_time, refused},
    reply::Reply,
    request::{Command, Request, pack},
    script::Script,
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

#[cfg(test)]
mod tests {
    use redis::Cmd;
    use session_core::store::StoreErrorKind;

    use super::*;
    use crate::{request::words, script};

    fn by() -> Address {
        Address::Tcp { host: "a".to_owned(), port: 1 }
    }

    fn elsewhere() -> Address {
        Address::Tcp { host: "b".to_owned(), port: 2 }
    }

    fn commit(may_move: bool) -> Attempts {
        Attempts::new(Request::script(&script::COMMIT, &[b"{k}".to_vec()], &[b"expected"]), may_move)
    }

    fn load(may_move: bool) -> Attempts {
        let command = |name| Command::new(name, [&b"{k}"[..]]);
        Attempts::new(Request::pipeline([command("GET"), command("PTTL")]), may_move)
    }

    fn sent(attempts: &Attempts) -> Vec<String> {
        let name = |command: &Cmd| String::from_utf8(words(command).next().unwrap().to_vec()).unwrap();
        attempts.commands().cmd_iter().map(name).collect()
    }

    fn error(text: &str) -> Reply {
        Reply::Error(text.to_owned())
    }

    fn lost() -> StoreError {
        out_of_time(Applied::Unknown)
    }

    fn done(verdict: Verdict) -> Result<Reply, StoreError> {
        match verdict.next {
            Next::Done(answer) => answer,
            Next::Again(_) => panic!("it wants to be sent again"),
        }
    }

    fn pause(verdict: &Verdict) -> Duration {
        match &verdict.next {
            Next::Again(pause) => *pause,
            Next::Done(answer) => panic!("{answer:?}"),
        }
    }

    #[test]
    fn a_script_that_is_not_known_is_sent_whole_and_only_once() {
        let mut attempts = commit(false);
        assert_eq!(sent(&attempts), ["EVALSHA"]);
        let verdict = attempts.answered(vec![error("NOSCRIPT No matching script.")], &by());
        assert_eq!((pause(&verdict), verdict.discard, verdict.doubt), (Duration::ZERO, false, false));
        assert_eq!(sent(&attempts), ["EVAL"]);
        let commands = attempts.commands();
        let sent: Vec<_> = words(commands.cmd_iter().next().unwrap()).collect();
        assert_eq!(sent[1], script::COMMIT.source().as_bytes());
        assert_eq!(sent[2..], [&b"1"[..], b"{k}", b"expected"]);
        let refused = done(attempts.answered(vec![error("NOSCRIPT again")], &by())).unwrap_err();
        assert_eq!((refused.kind(), refused.applied()), (StoreErrorKind::Other, Applied::No));
    }

    #[test]
    fn one_failure_is_met_with_another_attempt_and_two_are_told() {
        let mut attempts = commit(false);
        let verdict = attempts.failed(lost());
        assert_eq!((pause(&verdict), verdict.discard), (Duration::ZERO, true));
        let refused = StoreError::new(StoreErrorKind::Unavailable, Applied::No);
        let told = done(attempts.failed(refused)).unwrap_err();
        assert_eq!((told.kind(), told.applied()), (StoreErrorKind::Timeout, Applied::Unknown));

        let mut attempts = commit(false);
        attempts.failed(lost());
        assert_eq!(done(attempts.answered(vec![Reply::Int(1)], &by())).unwrap(), Reply::Int(1));
    }

    #[test]
    fn after_a_lost_answer_only_success_is_believed() {
        let conflict = || Reply::Array(vec![Reply::Bytes("x".into()), Reply::Int(1)]);
        for answer in [Reply::Int(0), conflict(), error("OOM command not allowed")] {
            let mut attempts = commit(false);
            attempts.failed(lost());
            // It may speak of what the lost attempt did: to call it a conflict would apply a change twice.
            let told = done(attempts.answered(vec![answer], &by())).unwrap_err();
            assert_eq!(told.applied(), Applied::Unknown);
        }
        let mut first = commit(false);
        assert_eq!(done(first.answered(vec![conflict()], &by())).unwrap(), conflict());
        let mut read = load(false);
        read.failed(lost());
        let nothing = done(read.answered(vec![Reply::Nil, Reply::Int(-2)], &by())).unwrap();
        assert_eq!(nothing, Reply::Array(vec![Reply::Nil, Reply::Int(-2)]));
    }

    #[test]
    fn where_another_server_may_take_over_it_is_waited_for() {
        let mut attempts = commit(true);
        for answer in ["READONLY You can't write", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "LOADING"] {
            let verdict = attempts.answered(vec![error(answer)], &by());
            assert!(verdict.doubt);
            assert_eq!(verdict.discard, answer.starts_with("READONLY"));
            assert!(pause(&verdict) <= Duration::from_millis(100));
        }
        assert!(pause(&attempts.failed(lost())) == Duration::from_millis(100));
        assert_eq!(attempts.give_up().applied(), Applied::Unknown);
        assert_eq!(commit(true).give_up().applied(), Applied::No);
        for (answer, kind) in [
            ("OOM command not allowed", StoreErrorKind::OutOfSpace),
            ("NOPERM this user", StoreErrorKind::Denied),
            ("NOREPLICAS Not enough", StoreErrorKind::Unavailable),
            ("MISCONF Redis is configured", StoreErrorKind::Unavailable),
            ("BUSY Redis is busy", StoreErrorKind::Overloaded),
            ("ERR unknown", StoreErrorKind::Other),
        ] {
            let told = done(commit(true).answered(vec![error(answer)], &by())).unwrap_err();
            assert_eq!((told.kind(), told.applied()), (kind, Applied::No));
        }
    }

    #[test]
    fn a_redirection_is_followed_command_by_command() {
        let mut attempts = load(true);
        let verdict = attempts.answered(vec![Reply::Nil, error("ASK 7 b:2")], &by());
        assert_eq!((pause(&verdict), verdict.doubt), (Duration::ZERO, false));
        assert_eq!(attempts.detour(), Some(&elsewhere()));
        assert_eq!(sent(&attempts), ["ASKING", "PTTL"]);
        let replies = vec![Reply::Status("OK".to_owned()), Reply::Int(-2)];
        let answer = done(attempts.answered(replies, &elsewhere())).unwrap();
        assert_eq!(answer, Reply::Array(vec![Reply::Nil, Reply::Int(-2)]));

        let mut attempts = commit(true);
        let verdict = attempts.answered(vec![error("MOVED 7 b:2")], &by());
        assert_eq!((verdict.moved.as_ref(), verdict.doubt), (Some(&elsewhere()), true));
        assert_eq!((pause(&verdict), attempts.detour()), (Duration::ZERO, None));
        assert_eq!(sent(&attempts), ["EVALSHA"]);
        for _ in 0..20 {
            assert!(
                pause(&attempts.answered(vec![error("MOVED 7 b:2")], &by())) <= Duration::from_millis(100)
            );
        }
        let told = done(commit(false).answered(vec![error("MOVED 7 b:2")], &by())).unwrap_err();
        assert_eq!(told.kind(), StoreErrorKind::Unsupported, "the URL does not say that it is a cluster");
    }

    #[test]
    fn a_server_that_answers_too_little_or_nonsense_is_not_asked_for_ever() {
        let short = done(load(true).answered(vec![Reply::Nil], &by())).unwrap();
        assert_eq!(short, Reply::Array(vec![Reply::Nil, Reply::Other]));
        let mut attempts = load(true);
        for answer in ["ASK", "ASK 7", "ASK 7 nonsense", "MOVED 7 :0"] {
            attempts.answered(vec![error(answer), error(answer)], &by());
            assert_eq!(attempts.detour(), None, "{answer}");
        }
    }
}
