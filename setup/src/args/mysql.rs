use std::{fmt, time::Duration};

use lexopt::{Parser, ValueExt as _};

use super::{Command, each, required};

/// Which table.
#[derive(Clone, PartialEq, Eq)]
pub struct TableOptions {
    /// Where it is, with the password; empty where no server is needed.
    pub url: String,
    /// Its name, where it is not that of the URL.
    pub table: Option<String>,
    /// How many rows are removed at a time.
    pub batch: u32,
}

/// Which table, and what to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MysqlOptions {
    /// The table.
    pub table: TableOptions,
    /// What to do.
    pub task: Task,
    /// What to do with the event that removes what has expired; nothing leaves it as it is.
    pub event: Option<EventWish>,
    /// User and host for whom to print the least privileges.
    pub account: (String, String),
}

/// What to do with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// To make it, or to bring it up to date.
    Apply,
    /// To print the SQL.
    Print,
    /// To compare it with what is needed.
    Verify,
}

/// What to do with the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventWish {
    /// To make it.
    Make {
        /// How often it runs.
        every: Duration,
        /// How many rows it removes at a time.
        batch: u32,
    },
    /// To remove it.
    Remove,
}

/// Without the URL, which may have a password in it.
impl fmt::Debug for TableOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableOptions")
            .field("table", &self.table)
            .field("batch", &self.batch)
            .finish_non_exhaustive()
    }
}

const BATCH: u32 = 1000;

pub(super) fn parse(parser: Parser, url: Option<String>) -> Result<Command, lexopt::Error> {
    let (mut table, mut batch, mut every) = (None, BATCH, 60);
    let (mut tasks, mut events) = (Vec::new(), Vec::new());
    let mut account = ("sessions".to_owned(), "%".to_owned());
    let given = each(parser, |name, parser| {
        match name {
            "table" => table = Some(parser.value()?.string()?),
            "batch" => batch = at_least_one("batch", parser)?,
            "every" => every = at_least_one("every", parser)?,
            "print" => tasks.push(Task::Print),
            "verify" => tasks.push(Task::Verify),
            "event" => events.push(true),
            "no-event" => events.push(false),
            "grant" => {
                let text = parser.value()?.string()?;
                let (user, host) = text.rsplit_once('@').ok_or("`--grant` takes USER@HOST")?;
                account = (user.to_owned(), host.to_owned());
            }
            _ => return Ok(false),
        }
        Ok(true)
    });
    let given = match given? {
        Ok(given) => given,
        Err(other) => return Ok(other),
    };
    let task = match tasks.as_slice() {
        [] => Task::Apply,
        [task] => *task,
        _ => return Err("`--print` and `--verify` exclude each other".into()),
    };
    let event = match events.as_slice() {
        [] => None,
        [true] => Some(EventWish::Make { every: Duration::from_secs(every.into()), batch }),
        [false] => Some(EventWish::Remove),
        _ => return Err("`--event` and `--no-event` exclude each other".into()),
    };
    let url = if task == Task::Print { given.or(url).unwrap_or_default() } else { required(given, url)? };
    Ok(Command::Mysql(MysqlOptions { table: TableOptions { url, table, batch }, task, event, account }))
}

pub(super) fn parse_table(
    parser: Parser,
    url: Option<String>,
    command: fn(TableOptions) -> Command,
) -> Result<Command, lexopt::Error> {
    let (mut table, mut batch) = (None, BATCH);
    let given = each(parser, |name, parser| {
        match name {
            "table" => table = Some(parser.value()?.string()?),
            "batch" => batch = at_least_one("batch", parser)?,
            _ => return Ok(false),
        }
        Ok(true)
    });
    Ok(match given? {
        Ok(given) => command(TableOptions { url: required(given, url)?, table, batch }),
        Err(other) => other,
    })
}

fn at_least_one(name: &str, parser: &mut Parser) -> Result<u32, lexopt::Error> {
    match parser.value()?.parse()? {
        0 => Err(format!("`--{name}` is at least 1").into()),
        number => Ok(number),
    }
}
