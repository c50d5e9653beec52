use std::time::Duration;

/// How a store reaches its server.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) client: redis::Client,
    pub(crate) prefix: String,
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
    pub(crate) budget: Duration,
    pub(crate) pool_size: u32,
}
