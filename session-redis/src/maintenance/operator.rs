use std::{fmt, sync::Arc, time::Instant};

use session_core::{
    id::{Digest, Family},
    store::{Page, StoreError},
};
use session_net::Limit;

use super::{Answer, MaintenanceError, Server};
use crate::{
    Builder,
    blocking::{ThreadClient, at_once},
    executor::Client as _,
    options::StoreOptions,
    protocol::{Command, Keys, Reply, errors::interrupted, pack},
    retry::{MAINTENANCE_TIMEOUT, SLOTS},
    routing::Directory,
    servers::{ServerAddress, Topology},
};

/// The servers of a store. Each answer may take five seconds.
///
/// Its account needs the rights of the commands that it is given; an application's account has few of them.
pub struct Maintenance {
    client: ThreadClient,
    directory: Arc<Directory>,
    keys: Keys,
    masters: Vec<Server>,
    covered: u16,
}

impl Maintenance {
    /// Reads the URL of a store and finds the masters: asks the sentinels or the nodes of a cluster for them.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the URL or the prefix is invalid, or if nobody names a master.
    pub fn connect(url: &str, prefix: &str) -> Result<Self, MaintenanceError> {
        let builder = Builder::new(url).prefix(prefix).pool_size(1);
        let builder = builder.connect_timeout(MAINTENANCE_TIMEOUT).response_timeout(MAINTENANCE_TIMEOUT);
        let options = Arc::new(builder.blocking_options()?);
        let (topology, limit) = (options.endpoint.topology.clone(), MAINTENANCE_TIMEOUT);
        let directory = Arc::new(Directory::new(topology, limit, limit));
        let mut maintenance = Self {
            keys: Keys::new(options.prefix.clone()),
            client: ThreadClient::new(options, Arc::clone(&directory)),
            directory,
            masters: Vec::new(),
            covered: 0,
        };
        maintenance.find_masters()?;
        Ok(maintenance)
    }

    fn find_masters(&mut self) -> Result<(), MaintenanceError> {
        if let Topology::Single(address) = self.topology() {
            self.masters = vec![Server(Arc::new(address.clone()))];
            return Ok(());
        }
        let mut result = Err(interrupted());
        for node in self.directory.nodes_to_ask() {
            let reply = self.exchange(&Arc::new(node.clone()), self.directory.question());
            result = reply.and_then(|reply| self.directory.learn_from(&node, reply, Instant::now()));
            if result.is_ok() {
                break;
            }
        }
        result?;
        for slot in 0..SLOTS {
            let Some(address) = self.directory.last_known(slot) else { continue };
            self.covered += 1;
            if !self.masters.iter().any(|server| server.0 == address) {
                self.masters.push(Server(address));
            }
        }
        Ok(())
    }

    /// Returns the servers that the sessions are in: one, or those of a cluster.
    #[must_use]
    pub fn masters(&self) -> &[Server] {
        &self.masters
    }

    /// Returns the sentinels that the URL names, and the name of their master; `None` without sentinels.
    #[must_use]
    pub fn sentinels(&self) -> Option<(Vec<Server>, &str)> {
        match self.topology() {
            Topology::Sentinel { sentinels, master } => {
                Some((sentinels.iter().map(|address| Server(Arc::new(address.clone()))).collect(), master))
            }
            _ => None,
        }
    }

    /// Returns how many of the 16,384 slots of a cluster have a master; `None` if the URL names no cluster.
    #[must_use]
    pub fn covered_slots(&self) -> Option<u16> {
        matches!(self.topology(), Topology::Cluster { .. }).then_some(self.covered)
    }

    /// Returns whether the connections are encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.options().tls.is_some()
    }

    /// Returns whether the user logs in with a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.options().credentials.login().is_ok_and(|login| login.password().is_some())
    }

    /// Returns the master that has the keys of a family; `None` if its slot has none.
    #[must_use]
    pub fn server_of(&self, family: &Family) -> Option<Server> {
        if let [server] = self.masters.as_slice() {
            return Some(server.clone());
        }
        self.directory
            .last_known(self.directory.slot_of(&self.keys.members(family, &Page::default())))
            .map(Server)
    }

    /// Returns the family that a key belongs to; `None` if it is not the key of a session, an index or a mark.
    #[must_use]
    pub fn family_of(&self, key: &[u8]) -> Option<Family> {
        self.keys.family_of(key)
    }

    /// Sends a command to one server and returns its answer.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be reached or refuses.
    pub fn ask(&self, server: &Server, name: &str, arguments: &[&[u8]]) -> Result<Answer, MaintenanceError> {
        match self.exchange(&server.0, Command::new(name, arguments.iter().copied()))? {
            Reply::Error(line) => Err(MaintenanceError::refused(line)),
            reply => Ok(reply.into()),
        }
    }

    /// Removes these records of a family, its index and its mark: what a trial leaves behind.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be reached or refuses.
    pub fn forget(&self, family: &Family, digests: &[Digest]) -> Result<(), MaintenanceError> {
        let Some(server) = self.server_of(family) else { return Ok(()) };
        let mut names = vec![self.keys.index(family), self.keys.mark(family)];
        names.extend(digests.iter().map(|digest| self.keys.member(family, digest)));
        self.ask(&server, "DEL", &names.iter().map(Vec::as_slice).collect::<Vec<_>>()).map(drop)
    }

    fn exchange(&self, address: &Arc<ServerAddress>, command: Command) -> Result<Reply, StoreError> {
        let (commands, limit) = (pack([command]), Limit::start("budget", MAINTENANCE_TIMEOUT * 2));
        let now = Instant::now();
        let node = self.client.node(address, now, now);
        let exchange = async {
            self.client.exchange(&node, &commands, &limit).await.map_err(|failed| {
                self.client.close(&node, failed.is_broken);
                failed.error
            })
        };
        Ok(at_once(exchange)?.into_iter().next().unwrap_or(Reply::Other))
    }

    fn options(&self) -> &StoreOptions {
        self.client.options()
    }

    fn topology(&self) -> &Topology {
        &self.options().endpoint.topology
    }
}

impl fmt::Debug for Maintenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maintenance").field("masters", &self.masters).finish_non_exhaustive()
    }
}
