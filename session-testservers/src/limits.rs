//! How long this crate waits for what, all in one place. Each limit is far above what the thing takes, because a busy
//! machine is normal; it only ends a wait that would never end.

use std::time::Duration;

/// A client connects to a port on loopback, or the proxy to its server.
pub(crate) const CONNECTED: Duration = Duration::from_secs(10);

/// The proxy follows a change of its mode, or ends.
pub(crate) const PROXY_FOLLOWS: Duration = Duration::from_secs(60);

/// A server that was started is ready.
#[cfg(unix)]
pub(crate) const SERVER_READY: Duration = Duration::from_secs(120);

/// A server that was asked to end has ended.
#[cfg(unix)]
pub(crate) const SERVER_ENDED: Duration = Duration::from_secs(60);

/// Every thread of a server has stopped.
#[cfg(unix)]
pub(crate) const SERVER_FROZEN: Duration = Duration::from_secs(60);

/// A server has answered one command or sent its greeting. A frozen one never does.
#[cfg(unix)]
pub(crate) const SERVER_ANSWERED: Duration = Duration::from_secs(10);

/// Servers have found each other: replicas, Sentinels or the nodes of a cluster.
#[cfg(unix)]
pub(crate) const GROUP_READY: Duration = Duration::from_secs(120);

/// A tool, such as `openssl` or `initdb`, has ended.
#[cfg(unix)]
pub(crate) const TOOL_ENDED: Duration = Duration::from_secs(180);

/// A server is back after everything that a load did to it.
#[cfg(feature = "load")]
pub(crate) const SERVER_BACK: Duration = Duration::from_secs(120);
