//! Sentinels and clusters.

use session_testservers::{RedisCluster, SentinelTrio};

use crate::support::{Checked, until};

pub(crate) fn a_cluster_has_a_key_in_each_range() -> Checked {
    let cluster = RedisCluster::start()?;
    assert_eq!(cluster.nodes().len(), 3);
    assert_eq!(cluster.url().matches("127.0.0.1:").count(), 3, "{}", cluster.url());
    for node in cluster.nodes() {
        let info = node.command(&["CLUSTER", "INFO"])?.text();
        assert!(info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384"), "{info}");
    }
    let mut homes = vec![0; 3];
    for number in 0..30 {
        let key = format!("key:{number}");
        let stored: Vec<bool> =
            cluster.nodes().iter().map(|node| node.command(&["SET", &key, "1"]).is_ok()).collect();
        assert_eq!(stored.iter().filter(|stored| **stored).count(), 1, "{key} has one home");
        homes.iter_mut().zip(stored).for_each(|(home, stored)| *home += usize::from(stored));
    }
    assert!(homes.iter().all(|home| *home > 0), "a key in each range: {homes:?}");
    Ok(())
}

pub(crate) fn a_cluster_node_comes_back() -> Checked {
    let cluster = RedisCluster::start()?;
    let (first, last) = (cluster.nodes().first().ok_or("three")?, cluster.nodes().last().ok_or("three")?);
    last.kill()?;
    let state = |state: &str| {
        let info = first.command(&["CLUSTER", "INFO"]);
        info.is_ok_and(|info| info.text().contains(state))
    };
    until("the others notice", || state("cluster_state:fail"))?;
    last.restart()?;
    cluster.wait_until_complete()?;
    assert!(state("cluster_state:ok"));
    Ok(())
}

pub(crate) fn a_replica_takes_over_its_part_of_the_cluster() -> Checked {
    let cluster = RedisCluster::with_replicas()?;
    let pairs = || cluster.nodes().iter().zip(cluster.replicas());
    assert_eq!(pairs().count(), 3);
    let (master, replica) = pairs().next().ok_or("three")?;
    // In the first third of the slots.
    master.command(&["SET", "b", "1"])?;
    master.command(&["WAIT", "1", "0"])?;
    master.kill()?;
    until("the replica is the master", || {
        replica.command(&["ROLE"]).is_ok_and(|role| role.text().starts_with("master"))
    })?;
    assert_eq!(replica.command(&["GET", "b"])?.text(), "1");
    Ok(())
}

pub(crate) fn sentinels_promote_the_replica() -> Checked {
    let trio = SentinelTrio::start()?;
    assert!(trio.url().starts_with("redis+sentinel://127.0.0.1:"), "{}", trio.url());
    assert!(trio.url().ends_with("/mymaster"), "{}", trio.url());
    assert_eq!(trio.current_master()?, trio.master().address().to_string());
    trio.master().command(&["SET", "key", "1"])?;
    trio.master().command(&["WAIT", "1", "0"])?;
    trio.master().kill()?;
    until("the replica is the master", || {
        let role = trio.replica().command(&["ROLE"]).map(|role| role.text());
        role.is_ok_and(|role| role.starts_with("master"))
    })?;
    let promoted = trio.replica().address().to_string();
    until("the sentinels say so", || trio.current_master().is_ok_and(|master| master == promoted))?;
    assert_eq!(trio.replica().command(&["INCR", "key"])?.text(), "2");
    Ok(())
}
