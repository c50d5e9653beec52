//! Clusters of three servers that all take writes, of which one drops out.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{
    thread,
    time::{Duration, SystemTime},
};

use session_core::{
    SessionConfig, SessionError, Timestamp, Visit,
    blocking::Sessions,
    cookie::SetCookie,
    store::{BlockingStore, Store},
};
use session_mysql::{Builder, Schema};
use session_testservers::{Galera, MariaDb, ReplicationGroup};
use support::{
    middleman::Middleman,
    pair::{BOUND, Pair, key, patient, revision},
};

/// Each connection goes to the next server.
fn spread_over(nodes: &[MariaDb]) -> (Middleman, Builder) {
    let node = nodes.first().unwrap();
    node.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    node.sql("CREATE USER app@'%' IDENTIFIED BY 'geheim'").unwrap();
    node.sql(&Schema::new("alo_session").unwrap().grant("app@%")).unwrap();
    let middleman = Middleman::start(nodes.iter().map(MariaDb::address).collect());
    let builder = patient(&middleman.url("app:geheim", MariaDb::DATABASE)).budget(BOUND);
    (middleman, builder)
}

/// Those of 600 calls that fail, and why.
fn failures(stores: &Pair) -> Vec<String> {
    thread::scope(|scope| {
        let worker = |number: usize| {
            let ttl = Duration::from_secs(600);
            let failed = (0..75).filter_map(|round| match (number % 2, round % 2) {
                (0, 0) => BlockingStore::load(&stores.blocking, &key(129)).err(),
                (0, _) => BlockingStore::touch(&stores.blocking, &key(129), revision(1), ttl).err(),
                (_, 0) => stores.runtime.block_on(Store::load(&stores.nonblocking, &key(1))).err(),
                _ => {
                    let key = key(1);
                    let touch = Store::touch(&stores.nonblocking, &key, revision(1), ttl);
                    stores.runtime.block_on(touch).err()
                }
            });
            failed.map(|failed| format!("{failed:?}")).collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..8).map(|number| scope.spawn(move || worker(number))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

#[test]
#[ignore = "three servers; it needs galera-4"]
fn a_node_outside_the_primary_part_is_left() {
    for wait in ["wsrep_sync_wait=0", "wsrep_sync_wait=7"] {
        let galera = Galera::start(&[wait]).unwrap();
        let (_middleman, builder) = spread_over(galera.nodes());
        let stores = Pair::of(&builder);
        stores.works(1);
        assert_eq!(failures(&stores), [""; 0], "all are well");
        let node = galera.nodes().get(1).unwrap();
        galera.isolate(node, true).unwrap();
        // It takes a moment until the others go on without it.
        while !failures(&stores).is_empty() {}
        for _ in 0..3 {
            assert_eq!(failures(&stores), [""; 0], "{wait}");
        }
        galera.isolate(node, false).unwrap();
    }
}

#[test]
#[ignore = "three servers; SESSION_TEST_MYSQL_SERVER must name a MySQL"]
fn a_member_outside_the_group_is_left_and_conflicts_of_members_are_repeated() {
    let group = ReplicationGroup::start(&[]).unwrap();
    let (_middleman, builder) = spread_over(group.nodes());
    let config = SessionConfig::with(|settings| settings.sweep_one_in = 0).unwrap();
    let sessions = Sessions::new(builder.clone().build_blocking().unwrap(), config);
    let saved: Vec<(Vec<String>, usize)> = thread::scope(|scope| {
        let browser = || {
            let now = || Timestamp::from(SystemTime::now());
            let session = sessions.open(&Visit::new(), now()).unwrap();
            session.set("n", 0).unwrap();
            let settled = sessions.save(&session, now()).unwrap();
            let SetCookie::Set { id, .. } = &settled.cookie else { panic!("no cookie") };
            let jar = format!("AloSession={}", id.expose().as_str());
            let mut failed = Vec::new();
            let mut counted = 0;
            for _ in 0..40 {
                let opened = sessions.open(&Visit::new().cookie(jar.as_bytes()), now()).unwrap();
                if opened.get::<u32>("n").unwrap().is_none() {
                    // The member does not have it yet.
                    continue;
                }
                opened.update("n", |n: &mut u32| *n += 1).unwrap();
                match sessions.save(&opened, now()) {
                    Ok(_) => counted += 1,
                    // It was read from another member than it is written to, which does not have it yet.
                    Err(SessionError::Gone) => {}
                    Err(error) => failed.push(format!("{error:?}")),
                }
            }
            (failed, counted)
        };
        let browsers: Vec<_> = (0..16).map(|_| scope.spawn(browser)).collect();
        browsers.into_iter().map(|browser| browser.join().unwrap()).collect()
    });
    let counted: usize = saved.iter().map(|(_, counted)| counted).sum();
    let failed: Vec<_> = saved.into_iter().flat_map(|(failed, _)| failed).collect();
    assert!(counted > 100, "{counted} saved");
    assert_eq!(failed, [""; 0], "{counted} are saved");

    let stores = Pair::of(&builder);
    stores.works(1);
    group.nodes().get(1).unwrap().sql("STOP GROUP_REPLICATION").unwrap();
    let failed: Vec<_> = (0..3).flat_map(|_| failures(&stores)).collect();
    assert!(failed.len() * 20 < 1800, "of 1800 calls: {failed:?}");
}
