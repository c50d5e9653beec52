use std::time::Duration;

use redis::Cmd;
use session_core::store::{Applied, StoreError, StoreErrorKind};

use crate::{
    protocol::{Command, Reply, Request, errors::timeout, scripts, words},
    retry::{Next, Retry, Step},
    servers::ServerAddress,
};

fn by() -> ServerAddress {
    ServerAddress::Tcp { host: "a".to_owned(), port: 1 }
}

fn elsewhere() -> ServerAddress {
    ServerAddress::Tcp { host: "b".to_owned(), port: 2 }
}

fn commit(may_move: bool) -> Retry {
    Retry::new(Request::script(&scripts::COMMIT, &[b"{k}".to_vec()], &[b"expected"]), may_move)
}

fn load(may_move: bool) -> Retry {
    let command = |name| Command::new(name, [&b"{k}"[..]]);
    Retry::new(Request::pipeline([command("GET"), command("PTTL")]), may_move)
}

fn sent(retry: &Retry) -> Vec<String> {
    let name = |command: &Cmd| String::from_utf8(words(command).next().unwrap().to_vec()).unwrap();
    retry.redirects.commands().cmd_iter().map(name).collect()
}

fn error(text: &str) -> Reply {
    Reply::Error(text.to_owned())
}

fn lost() -> StoreError {
    timeout(Applied::Unknown)
}

fn done(next: Next) -> Result<Reply, StoreError> {
    match next.step {
        Step::Done(answer) => answer,
        Step::Repeat(_) => panic!("it wants to be sent again"),
    }
}

fn pause(next: &Next) -> Duration {
    match &next.step {
        Step::Repeat(pause) => *pause,
        Step::Done(answer) => panic!("{answer:?}"),
    }
}

#[test]
fn a_script_that_is_not_known_is_sent_whole_and_only_once() {
    let mut retry = commit(false);
    assert_eq!(sent(&retry), ["EVALSHA"]);
    let next = retry.answered(vec![error("NOSCRIPT No matching script.")], &by());
    assert_eq!((pause(&next), next.close_connection, next.refresh_routing), (Duration::ZERO, false, false));
    assert_eq!(sent(&retry), ["EVAL"]);
    let commands = retry.redirects.commands();
    let sent: Vec<_> = words(commands.cmd_iter().next().unwrap()).collect();
    assert_eq!(sent[1], scripts::COMMIT.source().as_bytes());
    assert_eq!(sent[2..], [&b"1"[..], b"{k}", b"expected"]);
    let refused = done(retry.answered(vec![error("NOSCRIPT again")], &by())).unwrap_err();
    assert_eq!((refused.kind(), refused.applied()), (StoreErrorKind::Other, Applied::No));
}

#[test]
fn one_failure_is_met_with_another_attempt_and_two_are_told() {
    let mut retry = commit(false);
    let next = retry.failed(lost());
    assert_eq!((pause(&next), next.close_connection), (Duration::ZERO, true));
    let refused = StoreError::new(StoreErrorKind::Unavailable, Applied::No);
    let told = done(retry.failed(refused)).unwrap_err();
    assert_eq!((told.kind(), told.applied()), (StoreErrorKind::Timeout, Applied::Unknown));

    let mut retry = commit(false);
    retry.failed(lost());
    assert_eq!(done(retry.answered(vec![Reply::Int(1)], &by())).unwrap(), Reply::Int(1));
}

#[test]
fn after_a_lost_answer_only_success_is_believed() {
    let conflict = || Reply::Array(vec![Reply::Bytes("x".into()), Reply::Int(1)]);
    for answer in [Reply::Int(0), conflict(), error("OOM command not allowed")] {
        let mut retry = commit(false);
        retry.failed(lost());
        // It may speak of what the lost attempt did: to call it a conflict would apply a change twice.
        let told = done(retry.answered(vec![answer], &by())).unwrap_err();
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
    let mut retry = commit(true);
    for answer in ["READONLY You can't write", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "LOADING"] {
        let next = retry.answered(vec![error(answer)], &by());
        assert!(next.refresh_routing);
        assert_eq!(next.close_connection, answer.starts_with("READONLY"));
        assert!(pause(&next) <= Duration::from_millis(100));
    }
    assert!(pause(&retry.failed(lost())) == Duration::from_millis(100));
    assert_eq!(retry.give_up().applied(), Applied::Unknown);
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
    let mut retry = load(true);
    let next = retry.answered(vec![Reply::Nil, error("ASK 7 b:2")], &by());
    assert_eq!((pause(&next), next.refresh_routing), (Duration::ZERO, false));
    assert_eq!(retry.redirects.ask_redirect(), Some(&elsewhere()));
    assert_eq!(sent(&retry), ["ASKING", "PTTL"]);
    let replies = vec![Reply::Status("OK".to_owned()), Reply::Int(-2)];
    let answer = done(retry.answered(replies, &elsewhere())).unwrap();
    assert_eq!(answer, Reply::Array(vec![Reply::Nil, Reply::Int(-2)]));

    let mut retry = commit(true);
    let next = retry.answered(vec![error("MOVED 7 b:2")], &by());
    assert_eq!((next.moved_to.as_ref(), next.refresh_routing), (Some(&elsewhere()), true));
    assert_eq!((pause(&next), retry.redirects.ask_redirect()), (Duration::ZERO, None));
    assert_eq!(sent(&retry), ["EVALSHA"]);
    for _ in 0..20 {
        assert!(pause(&retry.answered(vec![error("MOVED 7 b:2")], &by())) <= Duration::from_millis(100));
    }
    let told = done(commit(false).answered(vec![error("MOVED 7 b:2")], &by())).unwrap_err();
    assert_eq!(told.kind(), StoreErrorKind::Unsupported, "the URL does not say that it is a cluster");
}

#[test]
fn a_server_that_answers_too_little_or_nonsense_is_not_asked_for_ever() {
    let short = done(load(true).answered(vec![Reply::Nil], &by())).unwrap();
    assert_eq!(short, Reply::Array(vec![Reply::Nil, Reply::Other]));
    let mut retry = load(true);
    for answer in ["ASK", "ASK 7", "ASK 7 nonsense", "MOVED 7 :0"] {
        retry.answered(vec![error(answer), error(answer)], &by());
        assert_eq!(retry.redirects.ask_redirect(), None, "{answer}");
    }
}
