//! What a new connection asks first: whether the server is new enough, and a master.

use session_core::store::{Applied, StoreError, StoreErrorKind};

use crate::protocol::{
    Command, Reply,
    errors::{self, Meaning, not_applied},
    first_word,
};

/// The oldest version that has every command that the store sends.
const OLDEST: (u32, u32) = (6, 2);

/// `is_new`: the version is not known yet. `of_sentinels`: sentinels named the server.
pub(crate) fn commands(is_new: bool, of_sentinels: bool) -> Vec<Command> {
    // So that an operator can tell whose connection it is.
    let name = Command::new("CLIENT", [&b"SETNAME"[..], b"alo-session"]);
    let version = is_new.then(|| Command::new("INFO", [&b"server"[..]]));
    // The sentinels may not know yet that the server has become a replica.
    let role = of_sentinels.then(|| Command::new("ROLE", []));
    [name].into_iter().chain(version).chain(role).collect()
}

/// Whether the version is among the replies, or will never be.
pub(crate) fn has_version(replies: &[Reply]) -> bool {
    // The name, then the version.
    matches!(replies, [_, Reply::Bytes(_) | Reply::Error(_), ..])
}

/// # Errors
/// If the connection must not be used.
pub(crate) fn check(replies: &[Reply]) -> Result<(), StoreError> {
    for reply in replies {
        match reply {
            Reply::Bytes(info) => check_version(&String::from_utf8_lossy(info))?,
            Reply::Array(role) => check_role(role)?,
            Reply::Error(line) if !is_untold(line) => return Err(not_applied(errors::refused(line))),
            _ => {}
        }
    }
    Ok(())
}

/// Whether the server or a proxy only does not tell what it was asked. Any other error would meet every request.
fn is_untold(error: &str) -> bool {
    use StoreErrorKind::{Denied, Overloaded, ReadOnly, Unavailable};

    first_word(error) == "NOPERM"
        || !matches!(Meaning::of(error).kind, Denied | Overloaded | ReadOnly | Unavailable)
}

fn check_role(role: &[Reply]) -> Result<(), StoreError> {
    match role.first() {
        Some(Reply::Bytes(role)) if role != "master" => {
            let reason = "the server that the sentinels name is not a master";
            Err(refused(StoreErrorKind::ReadOnly, reason.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Whether the server has `SET … IFEQ`, by its version: Redis 8.4 and Valkey 8.1 are the first.
pub(crate) fn swaps(replies: &[Reply]) -> bool {
    let [_, Reply::Bytes(info), ..] = replies else { return false };
    let info = String::from_utf8_lossy(info);
    match field(&info, "server_name") {
        None => version(&info, "redis_version") >= Some((8, 4)),
        Some("valkey") => version(&info, "valkey_version") >= Some((8, 1)),
        Some(_) => false,
    }
}

fn check_version(info: &str) -> Result<(), StoreError> {
    match version(info, "redis_version") {
        Some(found) if found < OLDEST => {
            let name = field(info, "server_name").unwrap_or("redis");
            let found = field(info, "redis_version").unwrap_or_default();
            let (major, minor) = OLDEST;
            let reason = format!("the server is {name} {found}; {major}.{minor} or newer is needed");
            Err(refused(StoreErrorKind::Unsupported, reason))
        }
        _ => Ok(()),
    }
}

/// Major and minor number, if the field has both.
fn version(info: &str, name: &str) -> Option<(u32, u32)> {
    let mut numbers = field(info, name)?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.map(str::trim)
}

fn refused(kind: StoreErrorKind, reason: String) -> StoreError {
    StoreError::new(kind, Applied::No).with_source(reason)
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::protocol::words;

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
        for untold in [
            "NOPERM this user has no permissions",
            "ERR unknown command 'INFO'",
            "unsupported command 'INFO'",
            "ERR This command is not available",
        ] {
            check(&[Reply::Error(untold.to_owned())]).unwrap();
        }
        let refused = check(&[Reply::Error("ERR max number of clients reached".to_owned())]).unwrap_err();
        assert_eq!((refused.kind(), refused.applied()), (StoreErrorKind::Overloaded, Applied::No));
        check(&[]).unwrap();
    }

    #[test]
    fn a_server_swaps_from_the_version_that_brought_it() {
        let of = |info: &'static str| swaps(&[Reply::Status("OK".to_owned()), Reply::Bytes(info.into())]);
        for with in [
            "redis_version:8.4.0\r\n",
            "redis_version:10.0.0\r\n",
            "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0\r\n",
            "server_name:valkey\r\nvalkey_version:9.1.2\r\nredis_version:7.2.4\r\n",
        ] {
            assert!(of(with), "{with}");
        }
        for without in [
            "redis_version:8.3.9\r\n",
            "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.9\r\n",
            "redis_version:8.4.0\r\nserver_name:keydb\r\n",
            "redis_version:\r\n",
            "",
        ] {
            assert!(!of(without), "{without}");
        }
        assert!(!swaps(&[Reply::Status("OK".to_owned()), Reply::Error("NOPERM".to_owned())]));
        assert!(!swaps(&[]));
    }

    #[test]
    fn only_a_master_is_taken_from_sentinels() {
        let info = || Reply::Bytes("redis_version:7.0.15\r\n".into());
        let role = |role: &'static str| Reply::Array(vec![Reply::Bytes(role.into()), Reply::Int(0)]);
        check(&[info(), role("master")]).unwrap();
        check(&[info(), Reply::Error("NOPERM".to_owned())]).unwrap();
        assert_eq!(check(&[info(), role("slave")]).unwrap_err().kind(), StoreErrorKind::ReadOnly);
        let names = |commands: Vec<Command>| {
            commands.iter().map(|command| words(&command.0).next().unwrap().to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(names(commands(true, true)), [&b"CLIENT"[..], b"INFO", b"ROLE"]);
        assert_eq!(names(commands(false, true)), [&b"CLIENT"[..], b"ROLE"]);
        assert_eq!(names(commands(false, false)), [b"CLIENT"]);
    }
}
