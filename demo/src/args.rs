//! The command line.

use std::net::SocketAddr;

use clap::Parser;

use crate::{Framework, StoreChoice};

/// A small site that shows what alo-session does
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(name = "session-demo", version, after_help = AFTER_HELP)]
pub struct Args {
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,
    /// Where sessions are kept: `memory:`, a file `sqlite:FILE`, or the URL of a server, `redis://…`, `mysql://…` or
    /// `postgres://…`
    #[arg(long, default_value = "memory:")]
    pub store: StoreChoice,
    /// What serves the site; `actix` needs the feature of this name
    #[arg(long, default_value = "axum")]
    pub framework: Framework,
    /// Mark the session cookie `Secure`, for use behind HTTPS
    #[arg(long)]
    pub secure: bool,
}

const AFTER_HELP: &str = "\
Stores:
  memory:                                          in this process; gone when it ends
  sqlite:FILE                                      in a file; the store for one machine, also for several processes there
  redis://[:PASSWORD@]HOST[:PORT][/DB]             in Redis or Valkey; every URL of session-redis
  mysql://USER[:PASSWORD]@HOST[:PORT]/DATABASE     in MySQL or MariaDB; every URL of session-mysql
  postgres://USER[:PASSWORD]@HOST[:PORT]/DATABASE  in PostgreSQL; every URL of session-postgres

Environment:
  RUST_LOG  What to log to stderr [default: info]

Examples:
  session-demo
  session-demo --addr 127.0.0.1:8080
  session-demo --store sqlite:sessions.db
  session-demo --store redis://127.0.0.1/
  RUST_LOG=info,alo_session=debug session-demo    # every step in the life of a session

Stop it with Ctrl-C. It finishes the requests in progress first.";

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Error, error::ErrorKind};

    use super::*;

    fn parsed(args: &[&str]) -> Result<Args, Error> {
        Args::try_parse_from(["session-demo"].iter().chain(args))
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn without_arguments_it_serves_on_this_machine_only() {
        let Ok(args) = parsed(&[]) else { panic!("no arguments must do") };
        assert_eq!(args.addr.to_string(), "127.0.0.1:3000");
        assert!(args.store.to_string().contains("in memory") && !args.secure);
        assert_eq!(args.framework, Framework::Axum);
    }

    #[test]
    fn every_option_is_read() {
        let Ok(args) = parsed(&["--addr=[::1]:80", "--store", "memory:", "--secure"]) else {
            panic!("all of these are good");
        };
        assert_eq!(args.addr.to_string(), "[::1]:80");
        assert!(args.secure);
        let Ok(args) = parsed(&["--store", "redis://:secret@127.0.0.1/"]) else {
            panic!("a URL names a store");
        };
        assert!(args.store.to_string().contains("in Redis"));
        assert!(!format!("{args:?}").contains("secret"));
        let kind = |args: &[&str]| parsed(args).map_err(|error| error.kind());
        assert_eq!(kind(&["--secure", "-h", "--nonsense"]), Err(ErrorKind::DisplayHelp));
        assert_eq!(kind(&["-V"]), Err(ErrorKind::DisplayVersion));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |args| parsed(args).unwrap_err().to_string();
        assert!(error(&["--store", "mongodb://x"]).contains("must be `memory:` or"));
        assert!(error(&["--addr", "here"]).contains("here"));
        assert!(error(&["--addr"]).contains("--addr"));
        assert!(error(&["--nonsense"]).contains("--nonsense"));
        assert!(error(&["stray"]).contains("stray"));
    }
}
