use std::time::Duration;

use redis::Cmd;
use session_core::store::{Applied, StoreError, StoreErrorKind};
use session_net::Limit;

use crate::{
    protocol::{Command, Reply, Request, errors::late, scripts, words},
    retry::{Failed, Next, Retry, Step},
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

fn budget() -> Limit {
    Limit::start("budget", Duration::from_secs(1))
}

fn lost() -> StoreError {
    late(&budget(), "no reply", Applied::Unknown)
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
    let next = retry.failed(Failed::broken(lost()));
    assert_eq!((pause(&next), next.close_connection), (Duration::ZERO, true));
    let refused = StoreError::new(StoreErrorKind::Unavailable, Applied::No);
    let told = done(retry.failed(Failed::broken(refused))).unwrap_err();
    assert_eq!((told.kind(), told.applied()), (StoreErrorKind::Timeout, Applied::Unknown));

    let mut retry = commit(false);
    retry.failed(Failed::broken(lost()));
    assert_eq!(done(retry.answered(vec![Reply::Int(1)], &by())).unwrap(), Reply::Int(1));
}

#[test]
fn after_a_lost_answer_only_success_is_believed() {
    let conflict = || Reply::Array(vec![Reply::Bytes("x".into()), Reply::Int(1)]);
    for answer in [Reply::Int(0), conflict(), error("OOM command not allowed")] {
        let mut retry = commit(false);
        retry.failed(Failed::broken(lost()));
        // It may speak of what the lost attempt did: to call it a conflict would apply a change twice.
        let told = done(retry.answered(vec![answer], &by())).unwrap_err();
        assert_eq!(told.applied(), Applied::Unknown);
    }
    let mut first = commit(false);
    assert_eq!(done(first.answered(vec![conflict()], &by())).unwrap(), conflict());
    let mut read = load(false);
    read.failed(Failed::broken(lost()));
    let nothing = done(read.answered(vec![Reply::Nil, Reply::Int(-2)], &by())).unwrap();
    assert_eq!(nothing, Reply::Array(vec![Reply::Nil, Reply::Int(-2)]));
}

#[test]
fn where_another_server_may_take_over_it_is_waited_for() {
    let mut retry = commit(true);
    for answer in ["READONLY You can't write", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "LOADING"] {
        let next = retry.answered(vec![error(answer)], &by());
        assert!(next.refresh_routing);
        assert_eq!(
            next.close_connection,
            ["READONLY", "MASTERDOWN"].iter().any(|code| answer.starts_with(code))
        );
        assert!(pause(&next) <= Duration::from_millis(100));
    }
    assert!(pause(&retry.failed(Failed::broken(lost()))) == Duration::from_millis(100));
    assert_eq!(retry.give_up(&budget()).applied(), Applied::Unknown);
    assert_eq!(commit(true).give_up(&budget()).applied(), Applied::No);
    for (answer, kind) in [
        ("OOM command not allowed", StoreErrorKind::OutOfSpace),
        ("NOPERM this user", StoreErrorKind::Denied),
        ("NOREPLICAS Not enough", StoreErrorKind::Unavailable),
        ("MISCONF Redis is configured", StoreErrorKind::Unavailable),
        ("BUSY Redis is busy", StoreErrorKind::Overloaded),
        ("ERR unknown command 'EVALSHA'", StoreErrorKind::Unsupported),
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

/// As the servers spell what a command within a script has met.
fn in_script(error: &str) -> [String; 4] {
    let hash = "1028a5dba704e1d8a01fd96efeba25bb78f62df2";
    [
        format!("{error} script: {hash}, on @user_script:6."),
        format!("ERR Error running script (call to f_{hash}): @user_script:6: @user_script: 6: -{error}"),
        format!("ERR Error running script (call to f_{hash}): @user_script:6: @user_script: 6: {error}"),
        format!("ERR Error running script (call to {hash}): @user_script:2: -{error}"),
    ]
}

#[test]
fn a_script_on_the_wrong_server_is_sent_once_more_over_another_connection() {
    for answer in in_script("READONLY You can't write against a read only replica.") {
        let mut retry = commit(false);
        let next = retry.answered(vec![error(&answer)], &by());
        assert_eq!((pause(&next), next.close_connection, next.refresh_routing), (Duration::ZERO, true, true));
        let told = done(retry.answered(vec![error(&answer)], &by())).unwrap_err();
        assert_eq!((told.kind(), told.applied()), (StoreErrorKind::ReadOnly, Applied::No), "{answer}");
    }
}

#[test]
fn only_what_is_refused_at_the_first_write_of_a_script_has_done_nothing() {
    for (answer, kind, applied) in [
        ("OOM command not allowed when used memory > 'maxmemory'.", StoreErrorKind::OutOfSpace, Applied::No),
        ("OOM Out of memory", StoreErrorKind::OutOfSpace, Applied::Unknown),
        ("MISCONF Redis is configured to save", StoreErrorKind::Unavailable, Applied::No),
        ("NOREPLICAS Not enough good replicas", StoreErrorKind::Unavailable, Applied::No),
        ("NOPERM User can't run this command", StoreErrorKind::Denied, Applied::Unknown),
        ("WRONGTYPE Operation against a key", StoreErrorKind::Undecodable, Applied::No),
        ("CROSSSLOT Keys in request", StoreErrorKind::Unsupported, Applied::Unknown),
        ("NEW words of a server", StoreErrorKind::Other, Applied::Unknown),
        ("ERR what", StoreErrorKind::Other, Applied::Unknown),
    ] {
        for line in in_script(answer) {
            let told = done(commit(true).answered(vec![error(&line)], &by())).unwrap_err();
            assert_eq!((told.kind(), told.applied()), (kind, applied), "{line}");
        }
    }
    for unknown in ["ERR what", "NEW words", "ERR value: OOM is not an integer", ""] {
        let told = done(commit(true).answered(vec![error(unknown)], &by())).unwrap_err();
        assert_eq!((told.kind(), told.applied()), (StoreErrorKind::Other, Applied::Unknown), "{unknown}");
    }
}

#[test]
fn a_proxy_without_a_server_is_asked_once_more() {
    for (answer, applied) in [
        ("no upstream host", Applied::No),
        ("upstream failure", Applied::Unknown),
        ("ERR Connection refused", Applied::Unknown),
        ("ERR Operation timed out", Applied::Unknown),
    ] {
        let mut retry = commit(false);
        assert!(!retry.answered(vec![error(answer)], &by()).close_connection);
        let told = done(retry.answered(vec![error(answer)], &by())).unwrap_err();
        assert_eq!(told.applied(), applied, "{answer}");
    }
}

#[test]
fn what_no_repetition_can_change_is_told_at_once() {
    for kind in [StoreErrorKind::Denied, StoreErrorKind::Unsupported, StoreErrorKind::Overloaded] {
        let error = StoreError::new(kind, Applied::No);
        assert_eq!(done(commit(true).failed(Failed::unconnected(error))).unwrap_err().kind(), kind);
    }
    let error = StoreError::new(StoreErrorKind::Unavailable, Applied::No);
    let next = commit(true).failed(Failed::unconnected(error));
    assert!(next.refresh_routing && pause(&next) == Duration::ZERO);
}
