use super::{MariaDb, product::Product};
use crate::{ServerError, poll::wait_for, port::Port, watchdog::Watchdog};

/// A Group Replication of three MySQL servers, each of which takes writes.
///
/// It needs MySQL, which the environment variable `SESSION_TEST_MYSQL_SERVER` names. [`ServerError::absence`] knows it as
/// `group`.
///
/// ```no_run
/// use session_testservers::ReplicationGroup;
///
/// let group = ReplicationGroup::start(&["group_replication_consistency=AFTER"])?;
/// for node in group.nodes() {
///     assert_eq!(node.sql("SELECT @@super_read_only")?, "0\n");
/// }
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct ReplicationGroup {
    nodes: Vec<MariaDb>,
}

impl ReplicationGroup {
    const SIZE: usize = 3;
    const MEMBERS: &str =
        "SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE member_state='ONLINE'";

    /// Starts three servers with these lines in their `my.cnf`, and waits until each is a member.
    ///
    /// # Errors
    /// When there is no MySQL on this machine, or the servers do not find each other.
    pub fn start(lines: &[&str]) -> Result<Self, ServerError> {
        let scratch = Watchdog::start()?;
        if !Product::find(scratch.directory())?.is_mysql {
            return Err(ServerError::Missing {
                kind: "group",
                program: "mysqld".to_owned(),
                install: "point SESSION_TEST_MYSQL_SERVER at a MySQL".to_owned(),
            });
        }
        let ports: Vec<Port> = (0..Self::SIZE)
            .map(|_| Port::reserve())
            .collect::<Result<_, _>>()
            .map_err(ServerError::io("reserving a port"))?;
        let seeds: Vec<String> = ports.iter().map(|port| port.address().to_string()).collect();
        let mut group = Self { nodes: vec![] };
        for (number, port) in (1..).zip(ports) {
            let address = port.address();
            let mut builder = MariaDb::builder();
            for line in [
                format!("server-id={number}"),
                "gtid-mode=ON".to_owned(),
                "enforce-gtid-consistency=ON".to_owned(),
                "report-host=127.0.0.1".to_owned(),
                "plugin-load-add=group_replication.so".to_owned(),
                "group-replication-group-name=6f1d2a3b-0000-4000-8000-000000000001".to_owned(),
                format!("group-replication-local-address={address}"),
                format!("group-replication-group-seeds={}", seeds.join(",")),
                "group-replication-single-primary-mode=OFF".to_owned(),
                "group-replication-enforce-update-everywhere-checks=ON".to_owned(),
                "group-replication-start-on-boot=OFF".to_owned(),
                "group-replication-recovery-get-public-key=ON".to_owned(),
            ] {
                builder = builder.config(line);
            }
            let builder = lines.iter().fold(builder, |builder, line| builder.config(*line));
            group.nodes.push(builder.start_in_group(vec![port], None)?);
        }
        for (number, node) in group.nodes.iter().enumerate() {
            group.join(node, number == 0)?;
        }
        group.wait_until_complete()?;
        Ok(group)
    }

    /// The three servers. Each takes writes while it is a member.
    #[must_use]
    pub fn nodes(&self) -> &[MariaDb] {
        &self.nodes
    }

    /// Lets a server that has left the group, or was restarted, join it again.
    ///
    /// # Errors
    /// When it cannot.
    pub fn rejoin(&self, node: &MariaDb) -> Result<(), ServerError> {
        self.join(node, false)
    }

    fn join(&self, node: &MariaDb, is_first: bool) -> Result<(), ServerError> {
        node.sql("CHANGE REPLICATION SOURCE TO SOURCE_USER='root' FOR CHANNEL 'group_replication_recovery'")?;
        let first = u8::from(is_first);
        node.sql(&format!("SET GLOBAL group_replication_bootstrap_group={first}; START GROUP_REPLICATION"))?;
        node.sql("SET GLOBAL group_replication_bootstrap_group=0").map(drop)
    }

    /// Waits until every server that runs knows all that run as members.
    ///
    /// # Errors
    /// When that takes longer than two minutes.
    pub fn wait_until_complete(&self) -> Result<(), ServerError> {
        let running = || self.nodes.iter().filter(|node| node.process_id().is_some());
        let expected = format!("{}\n", running().count());
        wait_for("a complete replication group", || {
            for node in running() {
                let members = node.sql(Self::MEMBERS)?;
                if members != expected {
                    return Ok(Some(format!("{} members are online", members.trim())));
                }
            }
            Ok(None)
        })
    }
}
