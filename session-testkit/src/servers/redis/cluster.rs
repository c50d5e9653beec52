use std::ops::RangeInclusive;

use super::{RedisServer, builder::Role};
use crate::servers::{ServerError, poll::wait_for};

/// A cluster of three masters, each with a third of the slots. It needs two seconds to come up, which the servers
/// insist on: one for all tests of a program, and a prefix for each test.
///
/// ```no_run
/// use session_testkit::servers::RedisCluster;
///
/// let cluster = RedisCluster::start()?;
/// assert!(cluster.url().starts_with("redis+cluster://127.0.0.1:"));
/// # Ok::<(), session_testkit::servers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<RedisServer>,
}

impl RedisCluster {
    const SLOTS: [RangeInclusive<u16>; 3] = [0..=5460, 5461..=10_922, 10_923..=16_383];

    /// Starts the nodes and waits until each of them finds the cluster complete.
    ///
    /// # Errors
    /// When there is no redis on this machine, or the nodes do not start or find each other.
    pub fn start() -> Result<Self, ServerError> {
        let mut nodes = vec![];
        for (epoch, slots) in (1..).zip(Self::SLOTS) {
            let mut builder = RedisServer::builder();
            builder.role = Role::ClusterNode;
            let node = builder.start()?;
            node.command(&["CLUSTER", "SET-CONFIG-EPOCH", &u32::to_string(&epoch)])?;
            let slots: Vec<String> = slots.map(|slot| slot.to_string()).collect();
            let add: Vec<&str> =
                ["CLUSTER", "ADDSLOTS"].into_iter().chain(slots.iter().map(String::as_str)).collect();
            node.command(&add)?;
            nodes.push(node);
        }
        let cluster = Self { nodes };
        cluster.introduce()?;
        cluster.wait_until_complete()?;
        Ok(cluster)
    }

    fn introduce(&self) -> Result<(), ServerError> {
        let Some((first, others)) = self.nodes.split_first() else { return Ok(()) };
        for other in others {
            first.command(&["CLUSTER", "MEET", "127.0.0.1", &other.address().port().to_string()])?;
        }
        Ok(())
    }

    /// Waits until every node that runs finds all slots served, as after a restart of one.
    ///
    /// # Errors
    /// When that takes longer than thirty seconds.
    pub fn wait_until_complete(&self) -> Result<(), ServerError> {
        let expected = format!("cluster_known_nodes:{}\r\n", self.nodes.len());
        wait_for("a complete cluster", || {
            for node in self.nodes.iter().filter(|node| node.process_id().is_some()) {
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

    /// The three masters, in the order of their slots.
    #[must_use]
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }
}
