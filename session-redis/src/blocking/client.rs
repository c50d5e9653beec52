use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use redis::Pipeline;
use session_core::store::StoreError;

use super::{
    connection::{Connection, remaining},
    library::client,
    pool::Pool,
};
use crate::{
    executor::Client,
    options::StoreOptions,
    protocol::{
        Reply,
        errors::{client_connect_failed, client_failed, contended, no_credentials},
        pack,
    },
    routing::Directory,
    servers::ServerAddress,
};

/// A pool of connections to each server. Its futures are ready at once, because it waits on the calling thread.
pub(crate) struct ThreadClient {
    options: StoreOptions,
    pool: Pool,
}

impl ThreadClient {
    pub(crate) fn new(options: StoreOptions) -> Self {
        Self { pool: Pool::new(options.limits.pool_size), options }
    }

    fn open(
        &self,
        directory: &Directory,
        address: &ServerAddress,
        deadline: Instant,
    ) -> Result<Connection, StoreError> {
        let timeout = remaining(deadline).min(self.options.limits.connect_timeout);
        let deadline = Instant::now() + timeout;
        let (credentials, database) = self.options.account(address);
        let login = credentials.login().map_err(no_credentials)?;
        let client = client(&self.options, address, &login, database).map_err(client_connect_failed)?;
        let connection = client.get_connection_with_timeout(timeout).map_err(client_connect_failed)?;
        let mut connection = Connection::new(connection);
        let commands = directory.handshake(address);
        if !commands.is_empty() {
            let values = connection.exchange(&pack(commands), deadline).map_err(client_connect_failed)?;
            directory.check_handshake(&values.into_iter().map(Reply::from).collect::<Vec<_>>())?;
        }
        Ok(connection)
    }
}

impl Client for ThreadClient {
    type Node = Arc<ServerAddress>;

    fn options(&self) -> &StoreOptions {
        &self.options
    }

    fn node(&self, address: &Arc<ServerAddress>) -> Arc<ServerAddress> {
        Arc::clone(address)
    }

    async fn exchange(
        &self,
        directory: &Directory,
        node: &Arc<ServerAddress>,
        commands: &Pipeline,
        deadline: Instant,
    ) -> Result<Vec<Reply>, StoreError> {
        let pooled = self.pool.get(node, deadline);
        let mut pooled = pooled.ok_or_else(|| contended("all connections of the pool were in use"))?;
        let connection = match &mut pooled.connection {
            Some(connection) => connection,
            none => none.insert(self.open(directory, node, deadline)?),
        };
        let deadline = deadline.min(Instant::now() + self.options.limits.response_timeout);
        let values = connection.exchange(commands, deadline).map_err(client_failed)?;
        Ok(values.into_iter().map(Reply::from).collect())
    }

    fn close(&self, node: &Arc<ServerAddress>) {
        self.pool.close_idle(node);
    }

    fn retain(&self, is_needed: impl Fn(&ServerAddress) -> bool) {
        self.pool.retain(is_needed);
    }

    async fn in_turn<T: Send>(&self, _: Instant, work: impl Future<Output = T> + Send) -> Option<T> {
        Some(work.await)
    }

    async fn sleep(&self, pause: Duration) {
        thread::sleep(pause);
    }
}
