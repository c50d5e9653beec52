use std::time::Duration;

use redis::Cmd;
use session_core::store::{Applied, StoreError, StoreErrorKind};

use crate::{
    protocol::{
        errors::out_of_time,
        replies::Reply,
        requests::{Command, Request, words},
        scripts,
    },
    retry::{Attempts, Next, Verdict},
    servers::server_address::Address,
};

fn by() -> Address {
    Address::Tcp { host: "a".to_owned(), port: 1 }
}

fn elsewhere() -> Address {
    Address::Tcp { host: "b".to_owned(), port: 2 }
}

fn commit(may_move: bool) -> Attempts {
    Attempts::new(Request::script(&scripts::COMMIT, &[b"{k}".to_vec()], &[b"expected"]), may_move)
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
    assert_eq!(sent[1], scripts::COMMIT.source().as_bytes());
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
        assert!(pause(&attempts.answered(vec![error("MOVED 7 b:2")], &by())) <= Duration::from_millis(100));
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
