//! The command line.

mod mysql;
mod redis;

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt as _};

pub use self::{
    mysql::{EventWish, MysqlOptions, TableOptions, Task},
    redis::RedisOptions,
};

/// What `--help` says.
pub const HELP: &str = "\
Sets up the server that sessions are kept in, looks at it, and says what to change.

Usage: session-setup redis [URL] [--prefix PREFIX] [--no-count]
       session-setup mysql [URL] [--table TABLE] [--print | --verify] [--event | --no-event] [OPTIONS]
       session-setup gc    [URL] [--table TABLE] [--batch ROWS]
       session-setup stats [URL] [--table TABLE]

  redis   Looks at a Redis or Valkey and says what to change. Changes nothing.
  mysql   Makes the table in MySQL or MariaDB, or brings it up to date; every session in it stays.
  gc      Removes what has expired from the table, once.
  stats   Counts what is in the table.

Without a URL they read SESSION_SETUP_URL, so that a password need not be on the command line, where every user of the
machine can read it. No password is ever shown.

Redis:
      --prefix <PREFIX>    What the names of the sessions' keys begin with [default: _alo_sess_]
      --no-count           Do not count the sessions, which looks at every key of the server, a few at a time

MySQL and MariaDB:
      --table <TABLE>      `table` or `database.table` [default: that of the URL, or alo_session]
      --print              Print the SQL; needs no server and touches nothing
      --verify             Compare the table with what is needed and change nothing
      --event              Have the server remove what has expired, by an event
      --no-event           Remove that event
      --every <SECONDS>    How often the event runs [default: 60]
      --batch <ROWS>       How many rows are removed at a time [default: 1000]
      --grant <USER@HOST>  For whom to print the least privileges [default: sessions@%]

  -h, --help               Print this
  -V, --version            Print the version

Exit status: 0 if sessions can be kept there, 1 if there is a problem or no server, 2 for a wrong command line.

Examples:
  session-setup redis redis://127.0.0.1/
  session-setup mysql --print --event
  SESSION_SETUP_URL=mysql://root:secret@10.0.0.5/shop session-setup mysql --event
";

/// The variable that holds the URL where it is not an argument.
pub const URL_VARIABLE: &str = "SESSION_SETUP_URL";

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To look at a Redis.
    Redis(RedisOptions),
    /// To make a table, or to look at it.
    Mysql(MysqlOptions),
    /// To remove what has expired from a table.
    Gc(TableOptions),
    /// To count what is in a table.
    Stats(TableOptions),
    /// To print the help.
    Help,
    /// To print the version.
    Version,
}

/// Reads the command line, without the program's name; `url` is that of the environment.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn parse(
    args: impl IntoIterator<Item = OsString>,
    url: Option<String>,
) -> Result<Command, lexopt::Error> {
    let mut parser = Parser::from_args(args);
    match parser.next()? {
        Some(Arg::Short('h') | Arg::Long("help")) => Ok(Command::Help),
        Some(Arg::Short('V') | Arg::Long("version")) => Ok(Command::Version),
        Some(Arg::Value(kind)) => match kind.string()?.as_str() {
            "redis" => redis::parse(parser, url),
            "mysql" => mysql::parse(parser, url),
            "gc" => mysql::parse_table(parser, url, Command::Gc),
            "stats" => mysql::parse_table(parser, url, Command::Stats),
            other => Err(format!("there is no `{other}` to do; there is: redis, mysql, gc, stats").into()),
        },
        Some(arg) => Err(arg.unexpected()),
        None => Err("what is to be done? There is: redis, mysql, gc, stats".into()),
    }
}

/// What every command takes: a URL, help, version; the rest is the command's.
fn each(
    mut parser: Parser,
    mut take: impl FnMut(&str, &mut Parser) -> Result<bool, lexopt::Error>,
) -> Result<Result<Option<String>, Command>, lexopt::Error> {
    let mut url = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Err(Command::Help)),
            Arg::Short('V') | Arg::Long("version") => return Ok(Err(Command::Version)),
            // A URL that is not text is not repeated: there may be a password in it.
            Arg::Value(value) if url.is_none() => {
                url = Some(value.into_string().map_err(|_| "the URL is not UTF-8".to_owned())?);
            }
            Arg::Value(_) => return Err("there is more than one URL".into()),
            Arg::Long(name) => {
                let name = name.to_owned();
                if !take(&name, &mut parser)? {
                    return Err(format!("invalid option '--{name}'").into());
                }
            }
            arg => return Err(arg.unexpected()),
        }
    }
    Ok(Ok(url))
}

fn required(given: Option<String>, url: Option<String>) -> Result<String, lexopt::Error> {
    given.or(url).ok_or_else(|| format!("where is it? Give a URL, or set {URL_VARIABLE}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str], url: Option<&str>) -> Result<Command, String> {
        parse(args.iter().map(OsString::from), url.map(str::to_owned)).map_err(|error| error.to_string())
    }

    #[test]
    fn an_argument_comes_before_the_environment() {
        let url = |args, url| match parsed(args, url) {
            Ok(Command::Redis(options)) => options.url,
            other => panic!("{other:?}"),
        };
        assert_eq!(url(&["redis", "redis://a/"], Some("redis://b/")), "redis://a/");
        assert_eq!(url(&["redis"], Some("redis://b/")), "redis://b/");
    }

    #[test]
    fn the_options_of_each_are_read() {
        let Ok(Command::Redis(redis)) =
            parsed(&["redis", "--no-count", "--prefix=p", "redis://:secret@b/"], None)
        else {
            panic!("all of these are good");
        };
        assert_eq!((redis.prefix.as_str(), redis.count), ("p", false));
        let args = [
            "mysql",
            "mysql://r:secret@h/d",
            "--table=t",
            "--event",
            "--every",
            "5",
            "--batch=9",
            "--grant",
            "a@b",
        ];
        let Ok(Command::Mysql(mysql)) = parsed(&args, None) else { panic!("all of these are good") };
        assert_eq!((mysql.table.table.as_deref(), mysql.task), (Some("t"), Task::Apply));
        let wish = EventWish::Make { every: std::time::Duration::from_secs(5), batch: 9 };
        assert_eq!((mysql.event, mysql.account), (Some(wish), ("a".to_owned(), "b".to_owned())));
        let Ok(Command::Gc(gc)) = parsed(&["gc", "mysql://r:secret@h/d", "--batch", "7"], None) else {
            panic!("all of these are good");
        };
        assert_eq!(gc.batch, 7);
        assert!(!format!("{redis:?} {mysql_table:?} {gc:?}", mysql_table = mysql.table).contains("secret"));
    }

    #[test]
    fn printing_needs_no_server() {
        assert!(matches!(parsed(&["mysql", "--print"], None), Ok(Command::Mysql(_))));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |args: &[&str]| parsed(args, None).unwrap_err();
        assert!(error(&[]).contains("what is to be done?"));
        for kind in ["redis", "mysql", "gc", "stats"] {
            assert!(error(&[kind]).contains(URL_VARIABLE), "{kind}");
            assert!(error(&[kind, "x://a/", "x://:secret@b/"]).contains("more than one URL"));
            assert!(error(&[kind, "x://a/", "--nonsense"]).contains("--nonsense"));
        }
        assert!(error(&["mongodb", "mongodb://a/"]).contains("there is: redis"));
        assert!(error(&["mysql", "x://a/", "--event", "--no-event"]).contains("--no-event"));
        assert!(error(&["mysql", "x://a/", "--print", "--verify"]).contains("--verify"));
        assert!(error(&["mysql", "x://a/", "--every", "0"]).contains("--every"));
        assert!(error(&["mysql", "x://a/", "--grant", "nobody"]).contains("USER@HOST"));
        assert!(error(&["redis", "x://a/", "--table", "t"]).contains("--table"));
    }

    #[test]
    fn help_and_version_need_nothing() {
        assert_eq!(parsed(&["--help"], None), Ok(Command::Help));
        assert_eq!(parsed(&["redis", "-V"], None), Ok(Command::Version));
    }
}
