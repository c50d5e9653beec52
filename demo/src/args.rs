//! The command line.

use std::{ffi::OsString, net::SocketAddr};

use lexopt::{Arg, ValueExt as _};

use crate::StoreChoice;

/// What `--help` says.
pub const HELP: &str = "\
A small site that shows what alo-session does.

Usage: session-demo [OPTIONS]

Options:
      --addr <IP:PORT>  Where to listen; port 0 takes any free one [default: 127.0.0.1:3000]
      --store <STORE>   Where sessions are kept [default: memory]
                          memory            in this process, gone when it ends
                          redis://[:PASSWORD@]HOST[:PORT][/DB]
                                            in Redis or Valkey; every URL of session-redis
                          mysql://USER[:PASSWORD]@HOST[:PORT]/DATABASE
                                            in MySQL or MariaDB; every URL of session-mysql
      --secure          Mark the session cookie `Secure`, for use behind HTTPS
  -h, --help            Print this
  -V, --version         Print the version

Environment:
  RUST_LOG              What to log to stderr [default: info]

Examples:
  session-demo
  session-demo --addr 127.0.0.1:8080
  session-demo --store redis://127.0.0.1/
  RUST_LOG=info,alo_session=debug session-demo    # every step in the life of a session

Stop it with Ctrl-C. It finishes what is under way first.
";

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To serve the site.
    Serve(Options),
    /// To print the help.
    Help,
    /// To print the version.
    Version,
}

/// How to serve the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where to listen.
    pub addr: SocketAddr,
    /// Where sessions are kept.
    pub store: StoreChoice,
    /// Whether the cookie is for HTTPS only.
    pub secure: bool,
}

/// Reads the command line, without the program's name.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    let mut options =
        Options { addr: SocketAddr::from(([127, 0, 0, 1], 3000)), store: StoreChoice::Memory, secure: false };
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("addr") => options.addr = parser.value()?.parse()?,
            Arg::Long("store") => options.store = parser.value()?.parse()?,
            Arg::Long("secure") => options.secure = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Short('V') | Arg::Long("version") => return Ok(Command::Version),
            arg => return Err(arg.unexpected()),
        }
    }
    Ok(Command::Serve(options))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Command, String> {
        parse(args.iter().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn without_arguments_it_serves_on_this_machine_only() {
        let Ok(Command::Serve(options)) = parsed(&[]) else {
            panic!("no arguments must do");
        };
        assert_eq!(options.addr.to_string(), "127.0.0.1:3000");
        assert_eq!((options.store, options.secure), (StoreChoice::Memory, false));
    }

    #[test]
    fn every_option_is_read() {
        let Ok(Command::Serve(options)) = parsed(&["--addr=[::1]:80", "--store", "memory", "--secure"])
        else {
            panic!("all of these are good");
        };
        assert_eq!(options.addr.to_string(), "[::1]:80");
        assert!(options.secure);
        let Ok(Command::Serve(options)) = parsed(&["--store", "redis://:secret@127.0.0.1/"]) else {
            panic!("a URL names a store");
        };
        assert_eq!(options.store, StoreChoice::Redis("redis://:secret@127.0.0.1/".to_owned()));
        assert!(!format!("{options:?}").contains("secret"));
        assert_eq!(parsed(&["--secure", "-h", "--nonsense"]), Ok(Command::Help));
        assert_eq!(parsed(&["-V"]), Ok(Command::Version));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |args| parsed(args).unwrap_err();
        assert!(error(&["--store", "mongodb://x"]).contains("no such store; there is: memory"));
        assert!(error(&["--addr", "here"]).contains("here"));
        assert!(error(&["--addr"]).contains("--addr"));
        assert!(error(&["--nonsense"]).contains("--nonsense"));
        assert!(error(&["stray"]).contains("stray"));
    }
}
