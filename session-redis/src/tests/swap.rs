use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Applied, Revision, StoreError, StoreErrorKind, Write},
};

use crate::{
    protocol::{Keys, Reply, words},
    retry::{Failed, Next, Retry, Step},
    servers::ServerAddress,
};

const KEY: StoreKey = StoreKey { family: Family::from_bytes([0; 16]), digest: Digest::from_bytes([1; 32]) };
const EXPECTED: Revision = Revision::from_bytes(*b"expected.revisio");

fn write() -> Write<'static> {
    Write { next: Revision::from_bytes(*b"the.next.revisio"), data: b"new", ttl: Duration::from_secs(1) }
}

fn keys() -> Keys {
    Keys::new("p_".to_owned())
}

fn swap(may_move: bool) -> Retry {
    Retry::new(keys().swap(&KEY, EXPECTED, b"old", write()), may_move)
}

fn by() -> ServerAddress {
    ServerAddress::Tcp { host: "a".to_owned(), port: 1 }
}

fn error(text: &str) -> Reply {
    Reply::Error(text.to_owned())
}

fn lost() -> Failed {
    Failed::broken(StoreError::new(StoreErrorKind::Timeout, Applied::Unknown))
}

/// The words of the only command that is sent next.
fn sent(retry: &Retry) -> Vec<Vec<u8>> {
    let commands = retry.redirects.commands();
    let [command] = commands.cmd_iter().collect::<Vec<_>>()[..] else { panic!("more than one") };
    words(command).map(<[u8]>::to_vec).collect()
}

/// Sends the script at once, as if nothing else had been tried.
fn sends_script(retry: &Retry, next: &Next) {
    assert!(matches!(next.step, Step::Repeat(Duration::ZERO)), "{next:?}");
    let commit = keys().commit(&KEY, EXPECTED, write());
    let expected: Vec<_> = words(commit.commands.cmd_iter().next().unwrap()).map(<[u8]>::to_vec).collect();
    assert_eq!(sent(retry), expected);
}

fn done(next: Next) -> Result<Reply, StoreError> {
    match next.step {
        Step::Done(answer) => answer,
        Step::Repeat(_) => panic!("it wants to be sent again"),
    }
}

#[test]
fn a_swap_that_was_made_is_a_commit() {
    let mut retry = swap(false);
    assert_eq!(sent(&retry)[0], b"SET");
    assert_eq!(done(retry.answered(vec![Reply::Status("OK".to_owned())], &by())).unwrap(), Reply::Int(1));
    assert!(!retry.redirects.lacks_swap());
}

#[test]
fn the_script_says_why_a_swap_was_not_made() {
    let mut retry = swap(false);
    let next = retry.answered(vec![Reply::Nil], &by());
    sends_script(&retry, &next);
    assert!(!retry.redirects.lacks_swap());
    // The server may not know it yet.
    retry.answered(vec![error("NOSCRIPT No matching script.")], &by());
    assert_eq!(sent(&retry)[0], b"EVAL");
    assert_eq!(done(retry.answered(vec![Reply::Int(0)], &by())).unwrap(), Reply::Int(0));
}

#[test]
fn a_server_that_does_not_know_it_gets_the_script() {
    for answer in ["ERR syntax error", "ERR wrong number of arguments for 'set' command", "invalid request"] {
        let mut retry = swap(false);
        let next = retry.answered(vec![error(answer)], &by());
        sends_script(&retry, &next);
        assert!(retry.redirects.lacks_swap(), "{answer}");
    }
}

#[test]
fn what_the_script_would_meet_too_is_told_at_once() {
    for answer in
        ["OOM command not allowed when used memory > 'maxmemory'.", "NOPERM no permissions", "WRONGTYPE"]
    {
        let mut retry = swap(false);
        done(retry.answered(vec![error(answer)], &by())).unwrap_err();
        assert!(!retry.redirects.lacks_swap(), "{answer}");
    }
    let mut retry = swap(true);
    let next = retry.answered(vec![error("READONLY You can't write against a read only replica.")], &by());
    assert!(next.close_connection && next.refresh_routing);
    sends_script(&retry, &next);
}

#[test]
fn after_a_lost_answer_the_script_finds_what_was_written() {
    let mut retry = swap(false);
    let next = retry.failed(lost());
    sends_script(&retry, &next);
    assert_eq!(done(retry.answered(vec![Reply::Int(1)], &by())).unwrap(), Reply::Int(1));
    // Another request may have written on top of it, so this is no conflict.
    let mut retry = swap(false);
    retry.failed(lost());
    let told = done(retry.answered(vec![Reply::Int(0)], &by())).unwrap_err();
    assert_eq!(told.applied(), Applied::Unknown);
}

#[test]
fn a_cluster_moves_the_script() {
    let mut retry = swap(true);
    let next = retry.answered(vec![error("MOVED 1 10.0.0.2:7000")], &by());
    assert_eq!(next.moved_to.as_ref().map(ToString::to_string).as_deref(), Some("10.0.0.2:7000"));
    sends_script(&retry, &next);
    let mut retry = swap(true);
    let next = retry.answered(vec![error("ASK 1 10.0.0.2:7000")], &by());
    sends_script(&retry, &next);
    retry.answered(vec![error("ASK 1 10.0.0.2:7000")], &by());
    assert_eq!(retry.redirects.ask_redirect().map(ToString::to_string).as_deref(), Some("10.0.0.2:7000"));
}
