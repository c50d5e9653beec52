//! A real server, a client that writes every byte itself, and browsers whose cookies and time the tests control.

pub(crate) mod browser;
pub(crate) mod log;
pub(crate) mod odd_store;
pub(crate) mod server;
pub(crate) mod site;
pub(crate) mod socket;
pub(crate) mod time;
pub(crate) mod wire;

pub(crate) use browser::Browser;
pub(crate) use log::Log;
pub(crate) use odd_store::{Fate, OddStore};
pub(crate) use server::serve;
pub(crate) use site::Site;
pub(crate) use socket::Socket;
pub(crate) use time::Time;
pub(crate) use wire::{Page, Raw};

use std::time::Duration;

/// Durations as the tests say them.
pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) const fn minutes(minutes: u64) -> Duration {
    seconds(minutes * 60)
}

pub(crate) const fn hours(hours: u64) -> Duration {
    minutes(hours * 60)
}

pub(crate) const fn days(days: u64) -> Duration {
    hours(days * 24)
}
