use std::time::Duration;

use clap::{Args, value_parser};

use super::{BatchArgs, SetUpArgs};

/// Which table, and what to do with it and with its event.
#[derive(Debug, Args)]
pub(crate) struct MysqlArgs {
    #[command(flatten)]
    pub(crate) set_up: SetUpArgs,
    /// Have the server remove what has expired, by an event
    #[arg(long)]
    event: bool,
    /// Remove that event
    #[arg(long, conflicts_with = "event")]
    no_event: bool,
    /// How often the event runs
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = value_parser!(u32).range(1..))]
    every: u32,
    #[command(flatten)]
    batch: BatchArgs,
    /// Let the server copy the table where it must, while every writer waits
    #[arg(long)]
    pub(crate) block_writers: bool,
    /// Change the table also on a server that is read-only or follows another one
    #[arg(long)]
    pub(crate) force: bool,
    /// The account for which to print the least privileges
    #[arg(long, value_name = "USER@HOST", default_value = "sessions@%", value_parser = account)]
    pub(crate) grant: String,
}

/// What to do with the event that removes what has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventChange {
    Make { every: Duration, batch: u32 },
    Remove,
}

impl MysqlArgs {
    /// `None` leaves the event as it is.
    pub(crate) fn event(&self) -> Option<EventChange> {
        if self.no_event {
            return Some(EventChange::Remove);
        }
        let every = Duration::from_secs(self.every.into());
        self.event.then_some(EventChange::Make { every, batch: self.batch.batch })
    }
}

impl AsRef<SetUpArgs> for MysqlArgs {
    fn as_ref(&self) -> &SetUpArgs {
        &self.set_up
    }
}

fn account(text: &str) -> Result<String, &'static str> {
    text.contains('@').then(|| text.to_owned()).ok_or("must be USER@HOST")
}
