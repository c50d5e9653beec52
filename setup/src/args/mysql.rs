use std::{fmt, time::Duration};

use clap::{Args, value_parser};
use session_mysql::maintenance::{Maintenance, MaintenanceError};

use super::URL_VARIABLE;

/// Which table.
#[derive(Args)]
pub(crate) struct TableArgs {
    /// The URL of the server, with the database
    #[arg(env = URL_VARIABLE, hide_env_values = true)]
    pub(crate) url: String,
    /// `table` or `database.table` [default: that of the URL, or alo_session]
    #[arg(long)]
    pub(crate) table: Option<String>,
}

/// Which table, and how fast to remove what has expired.
#[derive(Debug, Args)]
pub(crate) struct GcArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BatchArgs {
    /// How many rows are removed at a time
    #[arg(long, value_name = "ROWS", default_value_t = 1000, value_parser = value_parser!(u32).range(1..))]
    pub(crate) batch: u32,
}

/// Which table, and what to do with it.
#[derive(Debug, Args)]
pub(crate) struct MysqlArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
    /// Print the SQL; needs no server and changes nothing
    #[arg(long)]
    pub(crate) print: bool,
    /// Compare the table with what is needed and change nothing
    #[arg(long, conflicts_with = "print")]
    pub(crate) verify: bool,
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
    /// The account for which to print the least privileges
    #[arg(long, value_name = "USER@HOST", default_value = "sessions@%", value_parser = account)]
    pub(crate) grant: (String, String),
}

/// What to do with the event that removes what has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventChange {
    Make { every: Duration, batch: u32 },
    Remove,
}

impl TableArgs {
    pub(crate) fn connect(&self) -> Result<Maintenance, MaintenanceError> {
        Maintenance::connect(&self.url, self.table.as_deref())
    }
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

fn account(text: &str) -> Result<(String, String), &'static str> {
    let (user, host) = text.rsplit_once('@').ok_or("must be USER@HOST")?;
    Ok((user.to_owned(), host.to_owned()))
}

/// Hides the URL, which may have a password in it.
impl fmt::Debug for TableArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableArgs").field("table", &self.table).finish_non_exhaustive()
    }
}
