//! Servers that announce addresses which cannot be reached from here, as behind NAT.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::{collections::HashMap, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore, Revision, Store, Write},
};
use session_redis::RedisStore;
use session_testservers::{RedisCluster, SentinelTrio, proxy::Proxy};

/// Writes sessions of many slots through both APIs, with each announced port replaced by that of its proxy.
fn write_through(url: &str, ports: HashMap<u16, u16>) {
    let builder = RedisStore::builder(url)
        .connect_timeout(Duration::from_secs(5))
        .budget(Duration::from_secs(20))
        .map_address(move |host, port| (host.to_owned(), *ports.get(&port).unwrap_or(&port)));
    let (nonblocking, blocking) = (builder.clone().build().unwrap(), builder.build_blocking().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for number in 0..40 {
        let key = |number: u8| {
            let digest = Digest::from_bytes([number; 32]);
            StoreKey { family: Family::anonymous(&digest), digest }
        };
        let write =
            Write { next: Revision::from_bytes([number; 16]), data: b"x", ttl: Duration::from_secs(600) };
        runtime.block_on(Store::create(&nonblocking, &key(number), write, None)).unwrap();
        BlockingStore::create(&blocking, &key(number + 128), write, None).unwrap();
    }
}

#[test]
fn what_a_cluster_announces_is_mapped() {
    let cluster = RedisCluster::start().unwrap();
    let proxies: Vec<_> = cluster.nodes().iter().map(|node| Proxy::start(node.address()).unwrap()).collect();
    let ports = cluster.nodes().iter().zip(&proxies);
    let ports = ports.map(|(node, proxy)| (node.address().port(), proxy.address().port())).collect();
    // The seed is named as it can be reached.
    let seed = proxies.first().unwrap().address();
    write_through(&format!("redis+cluster://{seed}"), ports);
    for proxy in &proxies {
        assert!(proxy.traffic().connections >= 2, "{:?}", proxy.traffic());
    }
}

#[test]
fn the_master_that_sentinels_announce_is_mapped() {
    let trio = SentinelTrio::start().unwrap();
    let master = trio.master().address();
    let proxy = Proxy::start(master).unwrap();
    write_through(&trio.url(), HashMap::from([(master.port(), proxy.address().port())]));
    assert!(proxy.traffic().connections >= 2, "{:?}", proxy.traffic());
}
