use super::{RedisServer, builder::Role};
use crate::{ServerError, poll::wait_for};

/// A master, its replica, and three Sentinels that promote the replica a second after the master is gone.
///
/// ```no_run
/// use session_testservers::SentinelTrio;
///
/// let trio = SentinelTrio::start()?;
/// let before = trio.current_master()?;
/// trio.master().kill()?;
/// while trio.current_master()? == before {
///     std::thread::sleep(std::time::Duration::from_millis(10));
/// }
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct SentinelTrio {
    sentinels: Vec<RedisServer>,
    replica: RedisServer,
    master: RedisServer,
}

impl SentinelTrio {
    /// The name of the master in Sentinel.
    pub const MASTER_NAME: &str = "mymaster";
    const SENTINELS: u32 = 3;

    /// Starts all five servers and waits until a failover would succeed.
    ///
    /// # Errors
    /// When there is no Redis on this machine, or they do not start or find each other.
    pub fn start() -> Result<Self, ServerError> {
        // By default a master waits five seconds for more replicas before it serves the first one.
        let master = RedisServer::builder().config("repl-diskless-sync-delay 0").start()?;
        let port = master.address().port();
        let replica = RedisServer::builder().config(format!("replicaof 127.0.0.1 {port}")).start()?;
        // A Sentinel looks at a replica when it starts, and again only ten seconds later.
        wait_for("a replica that follows its master", || {
            let replication = replica.command(&["INFO", "replication"])?.text();
            Ok((!replication.contains("master_link_status:up")).then_some(replication))
        })?;
        let name = Self::MASTER_NAME;
        let mut sentinels: Vec<RedisServer> = vec![];
        for number in 1..=Self::SENTINELS {
            let mut builder = RedisServer::builder()
                .config(format!("sentinel myid {}", Self::id(number)))
                .config(format!("sentinel monitor {name} 127.0.0.1 {port} 2"))
                .config(format!("sentinel down-after-milliseconds {name} 1000"))
                .config(format!("sentinel failover-timeout {name} 3000"))
                // A Sentinel that knows the others need not wait for their messages, which are sent every two seconds.
                .config(format!("sentinel known-replica {name} 127.0.0.1 {}", replica.address().port()));
            for (other, known) in (1..).zip(&sentinels) {
                let known = known.address().port();
                let id = Self::id(other);
                builder = builder.config(format!("sentinel known-sentinel {name} 127.0.0.1 {known} {id}"));
            }
            builder.role = Role::Sentinel;
            sentinels.push(builder.start()?);
        }
        let trio = Self { sentinels, replica, master };
        wait_for("three sentinels that can fail over", || trio.obstacle())?;
        Ok(trio)
    }

    fn id(number: u32) -> String {
        format!("{number:040x}")
    }

    /// The reason why a failover would still fail, or `None`.
    fn obstacle(&self) -> Result<Option<String>, ServerError> {
        for sentinel in &self.sentinels {
            sentinel.command(&["SENTINEL", "CKQUORUM", Self::MASTER_NAME])?;
            let others = sentinel.command(&["SENTINEL", "SENTINELS", Self::MASTER_NAME])?.text();
            if others.matches("last-ok-ping-reply").count() < 2 {
                return Ok(Some("a sentinel does not know the others".to_owned()));
            }
            let replicas = sentinel.command(&["SENTINEL", "REPLICAS", Self::MASTER_NAME])?.text();
            if !replicas.contains("master-link-status\nok") {
                return Ok(Some("a sentinel does not know the replica's state".to_owned()));
            }
        }
        Ok(None)
    }

    /// `redis+sentinel://127.0.0.1:port,127.0.0.1:port,127.0.0.1:port/mymaster`: the Sentinels and the name of the master.
    #[must_use]
    pub fn url(&self) -> String {
        let addresses: Vec<String> =
            self.sentinels.iter().map(|sentinel| sentinel.address().to_string()).collect();
        format!("redis+sentinel://{}/{}", addresses.join(","), Self::MASTER_NAME)
    }

    /// The server that was the master at first.
    #[must_use]
    pub const fn master(&self) -> &RedisServer {
        &self.master
    }

    /// The server that was the replica at first.
    #[must_use]
    pub const fn replica(&self) -> &RedisServer {
        &self.replica
    }

    /// The three Sentinels.
    #[must_use]
    pub fn sentinels(&self) -> &[RedisServer] {
        &self.sentinels
    }

    /// The address of the master, from the first Sentinel that answers.
    ///
    /// # Errors
    /// When no Sentinel answers.
    pub fn current_master(&self) -> Result<String, ServerError> {
        let ask = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", Self::MASTER_NAME];
        let mut failure = ServerError::failed("asking the sentinels for the master", "there are none");
        for sentinel in &self.sentinels {
            match sentinel.command(&ask) {
                Ok(reply) => return Ok(reply.text().replace('\n', ":")),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}
