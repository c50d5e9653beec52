use std::{fs, path::Path};

use super::{MariaDb, product::Product};
use crate::{
    ServerError,
    poll::wait_for,
    port::Port,
    program::{Program, run},
    watchdog::Watchdog,
};

/// A Galera cluster of three MariaDB servers, each of which takes writes.
///
/// It forms in a few seconds. [`ServerError::absence`] knows it as `galera`.
///
/// ```no_run
/// use session_testservers::Galera;
///
/// let galera = Galera::start(&["wsrep_sync_wait=7"])?;
/// for node in galera.nodes() {
///     assert_eq!(node.sql("SELECT @@wsrep_on")?, "1\n");
/// }
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct Galera {
    nodes: Vec<MariaDb>,
    // The servers run its scripts as long as they live.
    _scripts: Watchdog,
}

impl Galera {
    const SIZE: usize = 3;
    const KIND: &str = "galera";
    const PROVIDERS: [&str; 2] = ["/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so"];
    const TRANSFER: Program =
        Program { kind: Self::KIND, names: &["wsrep_sst_rsync"], package: "mariadb-server" };
    const COPIER: Program = Program { kind: Self::KIND, names: &["rsync"], package: "rsync" };

    /// Starts three servers with these lines in their `my.cnf`, and waits until each has the data of the first.
    ///
    /// # Errors
    /// When there is no MariaDB or Galera on this machine, or the servers do not find each other.
    pub fn start(lines: &[&str]) -> Result<Self, ServerError> {
        let provider = Self::PROVIDERS.into_iter().find(|path| Path::new(path).exists());
        // The library of the system fits the MariaDB of the system.
        let provider =
            provider.filter(|_| Product::named().is_none()).ok_or_else(|| ServerError::Missing {
                kind: Self::KIND,
                program: "libgalera_smm.so".to_owned(),
                install:
                    "install it, on Debian by `apt-get install galera-4`, and unset SESSION_TEST_MYSQL_SERVER"
                        .to_owned(),
            })?;
        let scripts = Watchdog::start()?;
        transfer_as_anyone(scripts.directory())?;
        let mut galera = Self { nodes: vec![], _scripts: scripts };
        let mut first = String::new();
        for number in 1..=Self::SIZE {
            let ports: Vec<Port> = (0..3)
                .map(|_| Port::reserve())
                .collect::<Result<_, _>>()
                .map_err(ServerError::io("reserving a port"))?;
            let [group, increments, transfer] = [0, 1, 2].map(|port| {
                ports.get(port).map(|port: &Port| port.address().to_string()).unwrap_or_default()
            });
            let mut builder =
                MariaDb::builder().config("binlog-format=ROW").config("innodb-autoinc-lock-mode=2");
            for line in [
                "wsrep-on=ON".to_owned(),
                format!("wsrep-provider={provider}"),
                "wsrep-cluster-name=session-testservers".to_owned(),
                format!("wsrep-cluster-address=gcomm://{first}"),
                format!("wsrep-node-name=node{number}"),
                format!("wsrep-node-address={group}"),
                format!("wsrep-sst-method={METHOD}"),
                format!("wsrep-sst-receive-address={transfer}"),
                format!(
                    "wsrep-provider-options=gmcast.listen_addr=tcp://{group};ist.recv_addr={increments};gcache.size=8M"
                ),
            ] {
                builder = builder.config(line);
            }
            let builder = lines.iter().fold(builder, |builder, line| builder.config(*line));
            galera.nodes.push(builder.start_in_group(ports, Some(galera.scripts().to_owned()))?);
            first = if number == 1 { group } else { first };
            galera.wait_until_complete()?;
        }
        Ok(galera)
    }

    /// The three servers. Each takes writes.
    #[must_use]
    pub fn nodes(&self) -> &[MariaDb] {
        &self.nodes
    }

    /// Cuts a server off from the others, or lets it join again. Its clients stay connected.
    ///
    /// # Errors
    /// When the server does not run.
    pub fn isolate(&self, node: &MariaDb, is_cut_off: bool) -> Result<(), ServerError> {
        let cut = u8::from(is_cut_off);
        node.sql(&format!("SET GLOBAL wsrep_provider_options='gmcast.isolate={cut}'")).map(drop)
    }

    /// Waits until every server that runs is in step with all the others that run.
    ///
    /// # Errors
    /// When that takes longer than two minutes.
    pub fn wait_until_complete(&self) -> Result<(), ServerError> {
        let running = || self.nodes.iter().filter(|node| node.process_id().is_some());
        let expected = format!("wsrep_cluster_size\t{}\n", running().count());
        wait_for("a complete Galera cluster", || {
            for node in running() {
                let status = node.sql("SHOW STATUS LIKE 'wsrep_%'")?;
                if !status.contains(&expected) || !status.contains("wsrep_local_state_comment\tSynced") {
                    let lines =
                        status.lines().filter(|line| line.contains("cluster_") || line.contains("state_c"));
                    return Ok(Some(lines.collect::<Vec<_>>().join(", ")));
                }
            }
            Ok(None)
        })
    }

    fn scripts(&self) -> &Path {
        self._scripts.directory()
    }
}

/// The name of our way to copy the data to a server that joins.
const METHOD: &str = "private";

/// Writes a copy of the script that transfers data by rsync. As root, the original receives with the rights of nobody, who
/// may not write to a private directory.
fn transfer_as_anyone(directory: &Path) -> Result<(), ServerError> {
    let original = Galera::TRANSFER.find()?;
    Galera::COPIER.find()?;
    let text = fs::read_to_string(&original).map_err(ServerError::io("reading how data is transferred"))?;
    // Nobody else could become another user, or has to.
    let text = if is_of_root(directory)? {
        text.replace("\nuse chroot = no\n", "\nuid = 0\ngid = 0\nuse chroot = no\n")
    } else {
        text
    };
    let script = directory.join(format!("wsrep_sst_{METHOD}"));
    fs::write(&script, text).map_err(ServerError::io("writing how data is transferred"))?;
    let common = original.with_file_name("wsrep_sst_common");
    fs::copy(common, directory.join("wsrep_sst_common"))
        .map_err(ServerError::io("copying wsrep_sst_common"))?;
    let mut chmod = std::process::Command::new("chmod");
    run(chmod.arg("+x").arg(script), directory, "").map(drop)
}

fn is_of_root(directory: &Path) -> Result<bool, ServerError> {
    use std::os::unix::fs::MetadataExt as _;
    let found = directory.metadata().map_err(ServerError::io("reading who owns the private directory"))?;
    Ok(found.uid() == 0)
}
