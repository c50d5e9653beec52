use std::time::Duration;

/// How a store reaches its server.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) client: redis::Client,
    pub(crate) prefix: String,
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
    pub(crate) budget: Duration,
    #[cfg_attr(not(feature = "blocking"), expect(dead_code, reason = "only the blocking face has a pool"))]
    pub(crate) pool_size: u32,
}
