use std::ops::RangeInclusive;

use super::{RedisServer, builder::Role};
use crate::{ServerError, poll::wait_for};

/// A cluster of three masters, each with a third of the slots, and optionally with a replica.
///
/// The servers need two seconds to form it. Tests should share one, each with its own prefix.
///
/// ```no_run
/// use session_testservers::RedisCluster;
///
/// let cluster = RedisCluster::start()?;
/// assert!(cluster.url().starts_with("redis+cluster://127.0.0.1:"));
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<RedisServer>,
    replicas: Vec<RedisServer>,
}

impl RedisCluster {
    const SLOTS: [RangeInclusive<u16>; 3] = [0..=5460, 5461..=10_922, 10_923..=16_383];

    /// Starts three masters without replicas and waits until each of them finds the cluster complete.
    ///
    /// # Errors
    /// When there is no Redis on this machine, or the nodes do not start or find each other.
    pub fn start() -> Result<Self, ServerError> {
        let cluster = Self { nodes: Self::masters()?, replicas: vec![] };
        cluster.introduce()?;
        cluster.wait_until_complete()?;
        Ok(cluster)
    }

    /// Like [`start`](Self::start), with one replica for each master. A replica takes over a second or two after its
    /// master is gone. Waits until every replica has the data of its master.
    ///
    /// # Errors
    /// See [`start`](Self::start).
    pub fn with_replicas() -> Result<Self, ServerError> {
        let replicas = Self::SLOTS.iter().map(|_| Self::node()).collect::<Result<_, _>>()?;
        let cluster = Self { nodes: Self::masters()?, replicas };
        cluster.introduce()?;
        for (master, replica) in cluster.nodes.iter().zip(&cluster.replicas) {
            let id = master.command(&["CLUSTER", "MYID"])?.text();
            wait_for("a replica that knows its master", || {
                Ok(replica.command(&["CLUSTER", "REPLICATE", &id]).err().map(|error| error.to_string()))
            })?;
        }
        cluster.wait_until_complete()?;
        for replica in &cluster.replicas {
            wait_for("a replica that follows its master", || {
                let replication = replica.command(&["INFO", "replication"])?.text();
                Ok((!replication.contains("master_link_status:up")).then_some(replication))
            })?;
        }
        Ok(cluster)
    }

    fn masters() -> Result<Vec<RedisServer>, ServerError> {
        let mut nodes = vec![];
        for (epoch, slots) in (1..).zip(Self::SLOTS) {
            let node = Self::node()?;
            node.command(&["CLUSTER", "SET-CONFIG-EPOCH", &u32::to_string(&epoch)])?;
            let slots: Vec<String> = slots.map(|slot| slot.to_string()).collect();
            let add: Vec<&str> =
                ["CLUSTER", "ADDSLOTS"].into_iter().chain(slots.iter().map(String::as_str)).collect();
            node.command(&add)?;
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn node() -> Result<RedisServer, ServerError> {
        // By default a master waits five seconds for more replicas before it serves the first one.
        let mut builder = RedisServer::builder().config("repl-diskless-sync-delay 0");
        builder.role = Role::ClusterNode;
        builder.start()
    }

    fn introduce(&self) -> Result<(), ServerError> {
        let Some((first, others)) = self.nodes.split_first() else { return Ok(()) };
        for other in others.iter().chain(&self.replicas) {
            first.command(&["CLUSTER", "MEET", "127.0.0.1", &other.address().port().to_string()])?;
        }
        Ok(())
    }

    /// Waits until every node that runs sees all slots served, for example after a restart of one node.
    ///
    /// # Errors
    /// When that takes longer than two minutes.
    pub fn wait_until_complete(&self) -> Result<(), ServerError> {
        let nodes = || self.nodes.iter().chain(&self.replicas);
        let expected = format!("cluster_known_nodes:{}\r\n", nodes().count());
        wait_for("a complete cluster", || {
            for node in nodes().filter(|node| node.process_id().is_some()) {
                let info = node.command(&["CLUSTER", "INFO"])?.text();
                if !info.contains("cluster_state:ok") || !info.contains(&expected) {
                    return Ok(Some(info));
                }
            }
            Ok(None)
        })
    }

    /// `redis+cluster://127.0.0.1:port,127.0.0.1:port,127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        let addresses: Vec<String> = self.nodes.iter().map(|node| node.address().to_string()).collect();
        format!("redis+cluster://{}", addresses.join(","))
    }

    /// The three nodes that are masters at first, in the order of their slots.
    #[must_use]
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// The replica of each node, in the same order. Empty unless the cluster was
    /// [started with replicas](Self::with_replicas).
    #[must_use]
    pub fn replicas(&self) -> &[RedisServer] {
        &self.replicas
    }
}
