//! Another server takes over, and the program goes on without being told.

use std::time::{Duration, Instant};

use session_testservers::{RedisCluster, RedisServer, SentinelTrio};

use crate::stores::{Stores, key, name};

/// Far above what the servers need to notice and to elect, for a machine that is busy.
const LIMIT: Duration = Duration::from_secs(40);

fn assert_kept(stores: &Stores, number: u8) {
    for loaded in stores.load(&key(number)) {
        assert_eq!(*loaded.unwrap().unwrap().data, [number; 100]);
    }
}

#[test]
fn sentinels_name_another_master() {
    let trio = SentinelTrio::start().unwrap();
    let stores = Stores::on(&trio.url());
    stores.assert_work(1);
    trio.master().command(&["WAIT", "1", "0"]).unwrap();
    trio.master().kill().unwrap();
    let (outage, number) = stores.recover(2..128);
    println!("Sentinel, master killed: both stores write again after {outage:?}");
    assert!(outage < LIMIT, "{outage:?}");
    assert_kept(&stores, 1);
    assert_kept(&stores, number);
}

#[test]
fn after_a_failover_by_hand_nothing_is_written_to_the_old_master() {
    let trio = SentinelTrio::start().unwrap();
    let stores = Stores::on(&trio.url());
    stores.assert_work(1);
    let began = Instant::now();
    trio.sentinels()[0].command(&["SENTINEL", "FAILOVER", SentinelTrio::MASTER_NAME]).unwrap();
    let promoted = trio.replica().address().to_string();
    while trio.sentinels().iter().any(|sentinel| named_by(sentinel) != promoted) {
        assert!(began.elapsed() < LIMIT, "no failover");
        std::thread::sleep(Duration::from_millis(10));
    }
    // What a sentinel said is believed for a second.
    std::thread::sleep(Duration::from_millis(1100));
    let (_, number) = stores.recover(2..128);
    for number in [number, number + 128] {
        let found = trio.replica().command(&["EXISTS", &name(number)]).unwrap();
        assert_eq!(found.text(), "1", "it was written to the old master, and is lost");
    }
    assert_kept(&stores, 1);
}

fn named_by(sentinel: &RedisServer) -> String {
    let ask = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", SentinelTrio::MASTER_NAME];
    sentinel.command(&ask).unwrap().text().replace('\n', ":")
}

#[test]
fn a_replica_takes_over_its_part_of_the_cluster() {
    let cluster = RedisCluster::with_replicas().unwrap();
    let stores = Stores::on(&cluster.url());
    // Those of which both sessions live on the same master.
    let at_home = |home: usize| {
        let node = &cluster.nodes()[home];
        let lives_there = |number: u8| node.command(&["EXISTS", &name(number)]).is_ok();
        (1..128).filter(|number| lives_there(*number) && lives_there(number + 128)).collect::<Vec<u8>>()
    };
    let (lost, other) = (at_home(0), at_home(1));
    let (first, elsewhere) = (lost[0], other[0]);
    stores.assert_work(first);
    stores.assert_work(elsewhere);
    let [master, ..] = cluster.nodes() else { panic!("three masters") };
    master.command(&["WAIT", "1", "0"]).unwrap();
    master.kill().unwrap();
    assert_kept(&stores, elsewhere);
    // There are only so many of them; the first is created again and again, which its revision allows.
    let (outage, _) = stores.recover(std::iter::repeat_n(first, 100));
    println!("Cluster, master killed: both stores write again after {outage:?}");
    assert!(outage < LIMIT, "{outage:?}");
    assert_kept(&stores, first);
    stores.assert_work(lost[1]);
    stores.assert_work(other[1]);
    // The old master comes back as a replica and answers with redirections.
    master.restart().unwrap();
    stores.assert_work(lost[2]);
}
