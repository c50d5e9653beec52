//! Every bound of the crate.
//!
//! | bound | value | what it limits |
//! |---|---|---|
//! | [`MAX_ADDRESSES`] | 8 | addresses of a name that are tried |
//! | [`MAX_STAGGER`] | 250 ms | how long an attempt is alone before the next one joins it; less if the limit is short |
//! | [`KEPT_ANSWER`] | 60 s | how long an answer is kept that came too late for whoever asked |
//! | [`MIN_TIMEOUT`] | 1 ms | the shortest timeout of a socket, as zero means none |
//! | [`KEEPALIVE_IDLE`] | 30 s | the silence after which the system asks whether the other side is still there |
//! | [`KEEPALIVE_INTERVAL`] | 10 s | the pause between these probes |
//! | [`KEEPALIVE_PROBES`] | 3 | probes without an answer after which the connection is broken |
//! | [`MAX_FILE`] | 1 MiB | a file of credentials |

use std::time::Duration;

pub(crate) const MAX_ADDRESSES: usize = 8;
pub(crate) const MAX_STAGGER: Duration = Duration::from_millis(250);
pub(crate) const KEPT_ANSWER: Duration = Duration::from_secs(60);
pub(crate) const MIN_TIMEOUT: Duration = Duration::from_millis(1);
pub(crate) const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
pub(crate) const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
pub(crate) const KEEPALIVE_PROBES: u32 = 3;
pub(crate) const MAX_FILE: u64 = 1024 * 1024;
