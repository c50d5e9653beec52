//! What a new connection is asked first: whether the server is new enough, and a master.

use session_core::store::{Applied, StoreError, StoreErrorKind};

use crate::protocol::{errors, replies::Reply, requests::Command};

/// The oldest version that knows every command of ours.
const NEEDED: (u32, u32) = (6, 2);

/// `is_checked`: whether the version is known already.
pub(crate) fn commands(is_checked: bool, of_sentinels: bool) -> Vec<Command> {
    let version = (!is_checked).then(|| Command::new("INFO", [&b"server"[..]]));
    // Sentinels may not know yet that a server is no master any more.
    let role = of_sentinels.then(|| Command::new("ROLE", []));
    version.into_iter().chain(role).collect()
}

/// Whether the answers let the connection be used.
pub(crate) fn check(replies: &[Reply]) -> Result<(), StoreError> {
    for reply in replies {
        match reply {
            Reply::Bytes(info) => check_version(&String::from_utf8_lossy(info))?,
            Reply::Array(role) => check_role(role)?,
            Reply::Error(answer) if !is_not_told(answer) => return Err(errors::refused(answer)),
            _ => {}
        }
    }
    Ok(())
}

/// Whether the command is one that this user may not give, or that an operator has taken out.
fn is_not_told(answer: &str) -> bool {
    errors::code(answer) == "NOPERM" || answer.contains("unknown command")
}

fn check_role(role: &[Reply]) -> Result<(), StoreError> {
    match role.first() {
        Some(Reply::Bytes(role)) if role != "master" => {
            let reason = "the server that the sentinels name is no master";
            Err(refused(StoreErrorKind::ReadOnly, reason.to_owned()))
        }
        _ => Ok(()),
    }
}

fn check_version(info: &str) -> Result<(), StoreError> {
    let field = |name: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(str::trim)
    };
    let Some(version) = field("redis_version") else {
        return Ok(());
    };
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) if (major, minor) < NEEDED => {
            let name = field("server_name").unwrap_or("redis");
            let (needed_major, needed_minor) = NEEDED;
            let found =
                format!("the server is {name} {version}; {needed_major}.{needed_minor} or newer is needed");
            Err(refused(StoreErrorKind::Unsupported, found))
        }
        _ => Ok(()),
    }
}

fn refused(kind: StoreErrorKind, reason: String) -> StoreError {
    StoreError::new(kind, Applied::No).with_source(reason)
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    fn checked(info: &str) -> Result<(), String> {
        check(&[Reply::Bytes(info.to_owned().into())]).map_err(|error| {
            assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Unsupported, Applied::No));
            error.source().unwrap().to_string()
        })
    }

    #[test]
    fn a_version_that_is_too_old_is_named() {
        for new_enough in ["6.2.0", "6.2.14", "7.0.15", "8.2.1", "10.0.0"] {
            checked(&format!("# Server\r\nredis_version:{new_enough}\r\nredis_mode:standalone\r\n")).unwrap();
        }
        checked("# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.0.1\r\n").unwrap();
        assert_eq!(
            checked("# Server\r\nredis_version:6.0.16\r\n").unwrap_err(),
            "the server is redis 6.0.16; 6.2 or newer is needed"
        );
        assert_eq!(
            checked("redis_version:5.0.0\r\nserver_name:other\r\n").unwrap_err(),
            "the server is other 5.0.0; 6.2 or newer is needed"
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_too_old() {
        for odd in ["", "redis_version:", "redis_version:six", "redis_version:6", "xredis_version:1.0"] {
            checked(odd).unwrap();
        }
        for untold in ["NOPERM this user has no permissions", "ERR unknown command 'INFO'"] {
            check(&[Reply::Error(untold.to_owned())]).unwrap();
        }
        let refused = check(&[Reply::Error("ERR max number of clients reached".to_owned())]).unwrap_err();
        assert_eq!((refused.kind(), refused.applied()), (StoreErrorKind::Overloaded, Applied::No));
        check(&[]).unwrap();
    }

    #[test]
    fn only_a_master_is_taken_from_sentinels() {
        let info = || Reply::Bytes("redis_version:7.0.15\r\n".into());
        let role = |role: &'static str| Reply::Array(vec![Reply::Bytes(role.into()), Reply::Int(0)]);
        check(&[info(), role("master")]).unwrap();
        check(&[info(), Reply::Error("NOPERM".to_owned())]).unwrap();
        assert_eq!(check(&[info(), role("slave")]).unwrap_err().kind(), StoreErrorKind::ReadOnly);
        let names = |commands: Vec<Command>| {
            commands.iter().map(|command| command.words().next().unwrap().to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(names(commands(false, true)), [&b"INFO"[..], b"ROLE"]);
        assert_eq!(names(commands(true, true)), [b"ROLE"]);
        assert!(commands(true, false).is_empty());
    }
}
