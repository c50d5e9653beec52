//! The command line.

use std::{ffi::OsString, fmt};

use lexopt::{Arg, ValueExt as _};

/// What `--help` says.
pub const HELP: &str = "\
Looks at the server that sessions are kept in, and says what to change.

Usage: session-setup redis [URL] [OPTIONS]

It changes nothing, and never shows a password. Without a URL it reads SESSION_SETUP_URL, so that a password need not
be on the command line, where every user of the machine can read it.

Options:
      --prefix <PREFIX>  What the names of the sessions' keys begin with [default: _alo_sess_]
      --no-count         Do not count the sessions, which looks at every key of the server, a few at a time
  -h, --help             Print this
  -V, --version          Print the version

Exit status: 0 if sessions can be kept there, 1 if there is a problem or no server, 2 for a wrong command line.

Examples:
  session-setup redis redis://127.0.0.1/
  SESSION_SETUP_URL=redis://sessions:secret@10.0.0.5/ session-setup redis
";

/// The variable that holds the URL where it is not an argument.
pub const URL_VARIABLE: &str = "SESSION_SETUP_URL";

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To look at a Redis.
    Redis(RedisOptions),
    /// To print the help.
    Help,
    /// To print the version.
    Version,
}

/// Which Redis, and what to look at.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisOptions {
    /// Where it is, with the password.
    pub url: String,
    /// What the names of the sessions' keys begin with.
    pub prefix: String,
    /// Whether to count the sessions.
    pub count: bool,
}

/// Without the URL, which may have a password in it.
impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("prefix", &self.prefix)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// Reads the command line, without the program's name; `url` is that of the environment.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn parse(
    args: impl IntoIterator<Item = OsString>,
    url: Option<String>,
) -> Result<Command, lexopt::Error> {
    let (mut kind, mut given, mut prefix, mut count) = (None, None, "_alo_sess_".to_owned(), true);
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Short('V') | Arg::Long("version") => return Ok(Command::Version),
            Arg::Long("prefix") => prefix = parser.value()?.string()?,
            Arg::Long("no-count") => count = false,
            Arg::Value(value) if kind.is_none() => kind = Some(value.string()?),
            // A URL that is not text is not repeated: there may be a password in it.
            Arg::Value(value) if given.is_none() => {
                given = Some(value.into_string().map_err(|_| "the URL is not UTF-8".to_owned())?);
            }
            arg => return Err(arg.unexpected()),
        }
    }
    match kind.as_deref() {
        Some("redis") => {}
        Some(other) => return Err(format!("there is no `{other}` to set up; there is: redis").into()),
        None => return Err("what is to be set up? There is: redis".into()),
    }
    let url = given.or(url).ok_or_else(|| format!("where is it? Give a URL, or set {URL_VARIABLE}"))?;
    Ok(Command::Redis(RedisOptions { url, prefix, count }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str], url: Option<&str>) -> Result<Command, String> {
        parse(args.iter().map(OsString::from), url.map(str::to_owned)).map_err(|error| error.to_string())
    }

    fn options(args: &[&str], url: Option<&str>) -> RedisOptions {
        match parsed(args, url) {
            Ok(Command::Redis(options)) => options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_argument_comes_before_the_environment() {
        assert_eq!(options(&["redis", "redis://a/"], Some("redis://b/")).url, "redis://a/");
        let options = options(&["redis", "--no-count", "--prefix=p"], Some("redis://:secret@b/"));
        assert_eq!(
            (options.url.as_str(), options.prefix.as_str(), options.count),
            ("redis://:secret@b/", "p", false)
        );
        assert!(!format!("{options:?}").contains("secret"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |args, url| parsed(args, url).unwrap_err();
        assert!(error(&[], Some("redis://a/")).contains("what is to be set up?"));
        assert!(error(&["redis"], None).contains(URL_VARIABLE));
        assert!(error(&["mongodb", "mongodb://a/"], None).contains("there is: redis"));
        assert!(error(&["redis", "redis://a/", "more"], None).contains("more"));
        assert!(error(&["redis", "--nonsense"], None).contains("--nonsense"));
    }

    #[test]
    fn help_and_version_need_nothing() {
        assert_eq!(parsed(&["--help"], None), Ok(Command::Help));
        assert_eq!(parsed(&["redis", "-V"], None), Ok(Command::Version));
    }
}
