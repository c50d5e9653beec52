use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    protocol::{Reply, words},
    retry::{Next, Step},
    routing::Directory,
    servers::{ServerAddress, Topology},
};

fn node(port: u16) -> ServerAddress {
    ServerAddress::Tcp { host: "a".to_owned(), port }
}

fn at(port: u16) -> Option<Arc<ServerAddress>> {
    Some(Arc::new(node(port)))
}

fn bytes(text: &'static str) -> Reply {
    Reply::Bytes(text.as_bytes().into())
}

#[test]
fn a_single_server_is_never_asked_for() {
    let directory = Directory::new(Topology::Single(node(1)));
    assert_eq!(directory.find(7, Instant::now()), at(1));
    assert_eq!(directory.nodes_to_ask(), []);
    assert!(!directory.may_move());
}

#[test]
fn a_master_is_believed_for_a_second_and_the_sentinel_that_named_it_is_asked_first() {
    let topology = Topology::Sentinel { sentinels: vec![node(1), node(2)], master: "mymaster".to_owned() };
    let (directory, now) = (Directory::new(topology), Instant::now());
    assert_eq!(directory.find(0, now), None);
    assert_eq!(directory.nodes_to_ask(), [node(1), node(2)]);
    let question = directory.question();
    let words: Vec<_> = words(&question.0).collect();
    assert_eq!(words, [&b"SENTINEL"[..], b"GET-MASTER-ADDR-BY-NAME", b"mymaster"]);
    for nonsense in [Reply::Nil, Reply::Array(vec![bytes("a")]), Reply::Array(vec![bytes("a"), bytes("x")])] {
        assert!(directory.learn(&node(1), &[nonsense], now).is_err());
    }
    assert_eq!(directory.find(0, now), None);
    directory.learn(&node(2), &[Reply::Array(vec![bytes("a"), bytes("9")])], now).unwrap();
    assert_eq!(directory.nodes_to_ask(), [node(2), node(1)]);
    assert_eq!(directory.find(0, now), at(9));
    assert_eq!(directory.find(0, now + Duration::from_secs(1)), None);
    assert_eq!(directory.last_known(0), at(9));
    assert!(directory.knows(&node(9)) && directory.knows(&node(1)) && !directory.knows(&node(3)));
}

#[test]
fn who_was_named_is_asked_first_and_who_failed_last() {
    let directory = Directory::new(Topology::Cluster { seeds: vec![node(1), node(2)] });
    let now = Instant::now();
    let part = |first, last, port| {
        let master = Reply::Array(vec![bytes("a"), Reply::Int(port), bytes("id")]);
        Reply::Array(vec![Reply::Int(first), Reply::Int(last), master])
    };
    let map = [Reply::Array(vec![part(0, 9, 2), part(10, 16_383, 3)])];
    directory.learn(&node(1), &map, now).unwrap();
    assert_eq!((directory.find(5, now), directory.find(10, now)), (at(2), at(3)));
    assert_eq!(directory.nodes_to_ask(), [node(1), node(2), node(3)]);

    let next = |close_connection, moved_to| {
        let step = Step::Repeat(Duration::ZERO);
        Next { close_connection, refresh_routing: true, moved_to, step }
    };
    directory.note_result(&next(true, None), &node(2));
    assert_eq!((directory.find(5, now), directory.last_known(5)), (None, at(2)));
    assert_eq!(directory.nodes_to_ask(), [node(1), node(3), node(2)]);
    directory.note_result(&next(false, Some(node(4))), &node(3));
    assert_eq!(directory.nodes_to_ask(), [node(4), node(3), node(1), node(2)]);
    assert!(directory.learn(&node(4), &[Reply::Error("ERR no cluster".to_owned())], now).is_err());
    assert!(directory.knows(&node(1)) && directory.knows(&node(3)) && !directory.knows(&node(4)));
}
