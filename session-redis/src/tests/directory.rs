use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use session_core::store::{Applied, StoreError, StoreErrorKind};

use crate::{
    protocol::{Reply, words},
    retry::{Next, Step},
    routing::{Asked, Directory, Place},
    servers::{ServerAddress, Topology},
};

const BUDGET: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_secs(1);

fn node(port: u16) -> ServerAddress {
    ServerAddress::Tcp { host: "a".to_owned(), port }
}

fn at(port: u16) -> Option<Arc<ServerAddress>> {
    Some(Arc::new(node(port)))
}

fn bytes(text: &'static str) -> Reply {
    Reply::Bytes(text.as_bytes().into())
}

fn single() -> Directory {
    Directory::new(Topology::Single(node(1)), BUDGET, LIMIT)
}

fn of_sentinels() -> Directory {
    let sentinels = vec![node(1), node(2), node(3)];
    Directory::new(Topology::Sentinel { sentinels, master: "mymaster".to_owned() }, BUDGET, LIMIT)
}

fn of_cluster() -> Directory {
    Directory::new(Topology::Cluster { seeds: vec![node(1), node(2)] }, BUDGET, LIMIT)
}

/// Where a slot is, if that is known.
fn found(directory: &Directory, slot: u16, now: Instant) -> Option<Arc<ServerAddress>> {
    match directory.find(slot, now).0 {
        Place::At(address) => Some(address),
        _ => None,
    }
}

/// The round that begins with this request.
fn round(directory: &Directory, slot: u16, now: Instant) -> Asked {
    directory.find(slot, now).1.unwrap()
}

fn master(port: &'static str) -> Result<Vec<Reply>, StoreError> {
    Ok(vec![Reply::Array(vec![bytes("a"), bytes(port)])])
}

fn silence() -> Result<Vec<Reply>, StoreError> {
    Err(StoreError::new(StoreErrorKind::Unavailable, Applied::No))
}

fn next(close_connection: bool, moved_to: Option<ServerAddress>) -> Next {
    let step = Step::Repeat(Duration::ZERO);
    Next { close_connection, refresh_routing: true, moved_to, step }
}

#[test]
fn a_single_server_is_never_asked_for() {
    let directory = single();
    assert_eq!(found(&directory, 7, Instant::now()), at(1));
    directory.note_result(&next(true, None), 7, &node(1));
    assert!(directory.find(7, Instant::now()).1.is_none());
    assert_eq!(directory.nodes_to_ask(), []);
    assert!(!directory.may_move());
}

#[test]
fn all_sentinels_are_asked_together_and_the_first_good_answer_is_taken() {
    let (directory, now) = (of_sentinels(), Instant::now());
    let asked = round(&directory, 0, now);
    assert_eq!(asked.nodes, [node(1), node(2), node(3)]);
    assert!(matches!(directory.find(0, now), (Place::Wait(None), None)), "one round at a time");
    let question = directory.question();
    let words: Vec<_> = words(&question.0).collect();
    assert_eq!(words, [&b"SENTINEL"[..], b"GET-MASTER-ADDR-BY-NAME", b"mymaster"]);
    let nonsense = Ok(vec![Reply::Array(vec![bytes("a"), bytes("x")])]);
    assert!(!directory.learn(asked.round, &node(1), nonsense, now));
    assert_eq!(found(&directory, 0, now), None);
    assert!(directory.learn(asked.round, &node(2), master("9"), now));
    assert!(!directory.learn(asked.round, &node(3), master("8"), now), "too late");
    assert_eq!(directory.nodes_to_ask(), [node(2), node(3), node(1)]);
    assert_eq!(found(&directory, 0, now), at(9));
    assert!(directory.knows(&node(9)) && directory.knows(&node(1)) && !directory.knows(&node(8)));
}

#[test]
fn a_master_is_asked_for_before_it_is_too_old_so_that_no_request_waits() {
    let (directory, now) = (of_sentinels(), Instant::now());
    directory.learn(round(&directory, 0, now).round, &node(1), master("9"), now);
    let later = |millis| now + Duration::from_millis(millis);
    assert!(directory.find(0, later(499)).1.is_none());
    let asked = round(&directory, 0, later(500));
    // Whatever becomes of that round, it is served while it lasts.
    for millis in [500, 999, 1000, 1400] {
        assert_eq!(found(&directory, 0, later(millis)), at(9), "{millis}");
    }
    directory.learn(asked.round, &node(2), master("9"), later(1400));
    // After an hour without requests it is waited for, but not for long.
    let hour = later(3_600_000);
    assert!(directory.find(0, hour).1.is_some());
    let until = hour + BUDGET / 4;
    assert!(matches!(directory.find(0, hour).0, Place::Wait(Some(at)) if at == until));
    assert_eq!(found(&directory, 0, until), at(9));
}

#[test]
fn sentinels_that_are_silent_are_asked_ever_less_often_and_nobody_waits_for_them() {
    let (directory, mut now) = (of_sentinels(), Instant::now());
    directory.learn(round(&directory, 0, now).round, &node(1), master("9"), now);
    now += Duration::from_secs(60);
    for pause in [50, 100, 200, 400, 500, 500] {
        let asked = round(&directory, 0, now);
        for sentinel in &asked.nodes {
            directory.learn(asked.round, sentinel, silence(), now);
        }
        assert_eq!(found(&directory, 0, now), at(9));
        let (place, asked) = directory.find(0, now + Duration::from_millis(pause - 1));
        assert!(matches!(place, Place::At(_)) && asked.is_none(), "{pause}");
        now += Duration::from_millis(pause);
    }
    // A round of which nothing is heard any more is given up.
    round(&directory, 0, now);
    assert!(directory.find(0, now + LIMIT - Duration::from_millis(1)).1.is_none());
    assert!(directory.find(0, now + LIMIT).1.is_some());
}

#[test]
fn without_any_answer_the_failure_is_told_at_once_until_the_next_round() {
    let (directory, now) = (of_sentinels(), Instant::now());
    let asked = round(&directory, 0, now);
    for sentinel in &asked.nodes {
        directory.learn(
            asked.round,
            sentinel,
            Err(StoreError::new(StoreErrorKind::Denied, Applied::No)),
            now,
        );
    }
    let (place, asked) = directory.find(0, now);
    assert!(matches!(place, Place::Nowhere(error) if error.kind() == StoreErrorKind::Denied));
    assert!(asked.is_none());
    assert!(directory.find(0, now + Duration::from_millis(50)).1.is_some());
}

#[test]
fn a_sentinel_that_still_names_the_old_master_does_not_hide_the_others() {
    let (directory, now) = (of_sentinels(), Instant::now());
    directory.learn(round(&directory, 0, now).round, &node(1), master("9"), now);
    let later = now + Duration::from_millis(100);
    directory.note_result(&next(true, None), 0, &node(9));
    let asked = round(&directory, 0, later);
    directory.learn(asked.round, &node(1), master("9"), later);
    assert!(matches!(directory.find(0, later).0, Place::Wait(Some(_))), "others may know better");
    directory.learn(asked.round, &node(2), master("8"), later);
    assert_eq!(found(&directory, 0, later), at(8));
    // If all of them name it, it has come back.
    directory.note_result(&next(true, None), 0, &node(8));
    let later = later + Duration::from_millis(100);
    let asked = round(&directory, 0, later);
    for sentinel in &asked.nodes {
        directory.learn(asked.round, sentinel, master("8"), later);
    }
    assert_eq!(found(&directory, 0, later), at(8));
}

#[test]
fn a_slot_whose_master_is_well_never_waits() {
    let (directory, now) = (of_cluster(), Instant::now());
    let part = |first, last, port| {
        let master = Reply::Array(vec![bytes("a"), Reply::Int(port), bytes("id")]);
        Reply::Array(vec![Reply::Int(first), Reply::Int(last), master])
    };
    let map = || Ok(vec![Reply::Array(vec![part(0, 9, 2), part(10, 16_383, 3)])]);
    directory.learn(round(&directory, 5, now).round, &node(1), map(), now);
    assert_eq!((found(&directory, 5, now), found(&directory, 10, now)), (at(2), at(3)));
    assert_eq!(directory.nodes_to_ask(), [node(1), node(2), node(3)]);

    let later = now + Duration::from_millis(100);
    directory.note_result(&next(true, None), 5, &node(2));
    let asked = round(&directory, 10, later);
    assert_eq!(asked.nodes, [node(1), node(3), node(2)], "the one that failed is the last");
    assert_eq!(found(&directory, 10, later), at(3));
    assert!(matches!(directory.find(5, later).0, Place::Wait(Some(_))));

    directory.note_result(&next(false, Some(node(4))), 7, &node(3));
    assert_eq!((found(&directory, 7, later), found(&directory, 8, later + BUDGET)), (at(4), at(2)));
    assert!(!directory.learn(asked.round, &node(4), Ok(vec![Reply::Error("ERR no".to_owned())]), later));
    assert!(directory.knows(&node(1)) && directory.knows(&node(3)) && directory.knows(&node(4)));
}

#[test]
fn a_slot_that_nobody_serves_is_an_error() {
    let (directory, now) = (of_cluster(), Instant::now());
    let master = Reply::Array(vec![bytes("a"), Reply::Int(2), bytes("id")]);
    let part = Reply::Array(vec![Reply::Int(0), Reply::Int(9), master]);
    directory.learn(round(&directory, 5, now).round, &node(1), Ok(vec![Reply::Array(vec![part])]), now);
    assert!(matches!(directory.find(10, now), (Place::Nowhere(_), None)));
    assert!(matches!(directory.find(10, now + Duration::from_millis(20)), (Place::Wait(None), Some(_))));
}
