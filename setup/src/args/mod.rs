//! The command line.

mod mysql;
mod output;
mod owner;
mod postgres;
mod redis;
mod sql;
mod sqlite;
#[cfg(test)]
mod tests;
mod url;

use std::ffi::OsString;

use clap::{
    CommandFactory as _, Error, Parser, Subcommand,
    error::{ContextKind, ContextValue, ErrorKind},
};
use clap_complete::Shell;

use self::url::first_line;
pub(crate) use self::{
    mysql::{EventChange, MysqlArgs},
    output::OutputArgs,
    owner::{RevokeArgs, SecretArgs, SessionsArgs, StoreArgs},
    postgres::PostgresArgs,
    redis::RedisArgs,
    sql::{BatchArgs, GcArgs, SetUpArgs, StatsArgs},
    sqlite::SqliteArgs,
    url::UrlArgs,
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
The URL may be in SESSION_SETUP_URL or in a file instead of on the command line, where every user of
the machine can read its password. No password is ever shown.

Exit status:
  0 if sessions can be kept there, 1 if there is a problem or no server, 2 for a wrong command line

Examples:
  session-setup redis rediss://10.0.0.5/?ca=/etc/redis/ca.pem
  session-setup redis --url-file /run/secrets/redis-url --json --strict
  session-setup sqlite sqlite:/var/lib/shop/sessions.db --check
  session-setup mysql --print --event
  session-setup postgres postgres://admin@10.0.0.5/shop?sslmode=verify-full --apply
  SESSION_SETUP_URL=mysql://root:secret@10.0.0.5/shop session-setup mysql --event --apply
  session-setup sessions ada --url-file url --secret-file secret
  session-setup revoke --all --url-file url
  session-setup completions bash > /etc/bash_completion.d/session-setup
  session-setup man mysql > /usr/local/share/man/man1/session-setup-mysql.1";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at a Redis or Valkey, Sentinel or Cluster, and say what to change; changes nothing
    Redis(RedisArgs),
    /// Look at the table in MySQL or MariaDB, show what to change, and change it if told to; every session in it stays
    Mysql(Box<MysqlArgs>),
    /// Look at the table in PostgreSQL, show what to change, and change it if told to; every session in it stays
    Postgres(Box<PostgresArgs>),
    /// Look at a file of SQLite, and say what to change; changes nothing
    Sqlite(SqliteArgs),
    /// Remove what has expired from the table, once
    Gc(GcArgs),
    /// Estimate or count what is in the table
    Stats(StatsArgs),
    /// List the sessions of an owner, in any store; shows no ids
    Sessions(SessionsArgs),
    /// End the sessions of an owner or of all owners, in any store
    Revoke(RevokeArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page of the program or of one command
    Man {
        /// The command
        #[arg(value_parser = ["redis", "mysql", "postgres", "sqlite", "gc", "stats", "sessions", "revoke"])]
        command: Option<String>,
    },
}

impl Args {
    /// Reads the command line, beginning with the name of the program.
    pub(crate) fn read(args: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let mut args = Self::try_parse_from(args).map_err(without_urls)?;
        if let Command::Revoke(revoke) = &mut args.command {
            revoke.settle();
        }
        match args.command.url() {
            Some(url) if !url.is_given() => {
                let text =
                    "the URL is missing: give it as an argument, in SESSION_SETUP_URL or by --url-file";
                Err(Self::command().error(ErrorKind::MissingRequiredArgument, text))
            }
            _ => Ok(args),
        }
    }
}

impl Command {
    /// The URL that the command needs.
    const fn url(&self) -> Option<&UrlArgs> {
        match self {
            Self::Redis(args) => Some(&args.url),
            Self::Mysql(args) => args.set_up.needed_url(),
            Self::Postgres(args) => args.set_up.needed_url(),
            Self::Sqlite(args) => Some(&args.url),
            Self::Gc(args) => Some(&args.table.url),
            Self::Stats(args) => Some(&args.table.url),
            Self::Sessions(args) => Some(&args.store.url),
            Self::Revoke(args) => Some(&args.store.url),
            Self::Completions { .. } | Self::Man { .. } => None,
        }
    }

    /// Whether the command tells its findings to a program.
    pub(crate) const fn is_json(&self) -> bool {
        match self {
            Self::Redis(args) => args.output.json,
            Self::Mysql(args) => args.set_up.output.json,
            Self::Postgres(args) => args.set_up.output.json,
            Self::Sqlite(args) => args.output.json,
            Self::Sessions(args) => args.output.json,
            _ => false,
        }
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
