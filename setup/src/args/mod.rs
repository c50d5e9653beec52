//! The command line.

mod mysql;
mod redis;
#[cfg(test)]
mod tests;

use std::ffi::OsString;

use clap::{
    Error, Parser, Subcommand,
    builder::ArgPredicate,
    error::{ContextKind, ContextValue},
};
use clap_complete::Shell;

pub(crate) use self::{
    mysql::{EventChange, GcArgs, MysqlArgs, TableArgs},
    redis::RedisArgs,
};

/// The variable that holds the URL where it is not an argument.
const URL_VARIABLE: &str = "SESSION_SETUP_URL";

/// Sets up the server that sessions are kept in, looks at it, and says what to change
#[derive(Debug, Parser)]
#[command(name = "session-setup", version, flatten_help = true, after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
The URL may be in SESSION_SETUP_URL instead of on the command line, where every user of the
machine can read its password. No password is ever shown.

Exit status:
  0 if sessions can be kept there, 1 if there is a problem or no server, 2 for a wrong command line

Examples:
  session-setup redis redis://127.0.0.1/
  session-setup mysql --print --event
  SESSION_SETUP_URL=mysql://root:secret@10.0.0.5/shop session-setup mysql --event
  session-setup completions bash > /etc/bash_completion.d/session-setup
  session-setup man mysql > /usr/local/share/man/man1/session-setup-mysql.1";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at a Redis or Valkey server and say what to change; changes nothing
    Redis(RedisArgs),
    /// Make the table in MySQL or MariaDB, or bring it up to date; every session in it stays
    // `--print` needs no server.
    #[command(mut_arg("url", |url| {
        url.required(false)
            .required_unless_present("print")
            .default_value_if("print", ArgPredicate::IsPresent, "")
    }))]
    Mysql(MysqlArgs),
    /// Remove what has expired from the table, once
    Gc(GcArgs),
    /// Count what is in the table
    Stats(TableArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page of the program or of one command
    Man {
        /// The command
        #[arg(value_parser = ["redis", "mysql", "gc", "stats"])]
        command: Option<String>,
    },
}

impl Args {
    /// Reads the command line, beginning with the name of the program.
    pub(crate) fn read(args: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        Self::try_parse_from(args).map_err(without_urls)
    }
}

/// Hides every wrong argument that looks like a URL, which may have a password in it.
fn without_urls(mut error: Error) -> Error {
    let is_url = |value: &ContextValue| matches!(value, ContextValue::String(text) if text.contains("://"));
    let kinds: Vec<ContextKind> =
        error.context().filter(|(_, value)| is_url(value)).map(|(kind, _)| kind).collect();
    for kind in kinds {
        error.insert(kind, ContextValue::String("URL".to_owned()));
    }
    error
}
