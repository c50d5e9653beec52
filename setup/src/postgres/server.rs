//! Whether a server takes the writes of sessions, and keeps them.

use session_postgres::maintenance::{Maintenance, ServerState};

use crate::Finding;

/// Returns what an operator should know about the server, in the order in which to read it.
pub(super) fn judge(server: &ServerState, maintenance: &Maintenance) -> Vec<Finding> {
    let mut findings = vec![version(server)];
    findings.extend(access(server, maintenance.is_local()));
    findings.extend([writes(server), vacuum(server), durability(server)]);
    findings
}

pub(super) fn version(server: &ServerState) -> Finding {
    const NAME: &str = "version";
    if server.number >= 140_000 {
        return Finding::fine(NAME, &server.version);
    }
    let seen = format!("{} is too old: sessions need PostgreSQL 14", server.version);
    Finding::problem(NAME, seen, "install a newer server")
}

fn access(server: &ServerState, is_local: bool) -> Option<Finding> {
    const NAME: &str = "access";
    match server.is_encrypted {
        Some(true) => Some(Finding::fine(NAME, "encrypted")),
        _ if is_local => None,
        // A pooler can be encrypted towards its clients and not towards the server, or the other way round.
        None => Some(Finding::unknown(NAME, "the server does not tell whether the connection is encrypted")),
        Some(false) => Some(Finding::warning(
            NAME,
            "the connection is not encrypted: the network can read the password and the sessions",
            "add `?sslmode=verify-full` to the URL",
        )),
    }
}

pub(super) fn writes(server: &ServerState) -> Finding {
    const NAME: &str = "writes";
    if server.is_standby {
        let seen = "the server is a standby: nobody can sign in or out";
        return Finding::problem(NAME, seen, "use the URL of the primary");
    }
    if server.is_on("default_transaction_read_only") {
        let seen = "default_transaction_read_only is on: nobody can sign in or out";
        return Finding::problem(
            NAME,
            seen,
            "ALTER ROLE or ALTER DATABASE … RESET default_transaction_read_only",
        );
    }
    Finding::fine(NAME, "the server takes them")
}

fn vacuum(server: &ServerState) -> Finding {
    const NAME: &str = "vacuum";
    if server.is_on("autovacuum") {
        return Finding::fine(NAME, "autovacuum is on");
    }
    let seen = "autovacuum is off: the rows of ended sessions, and the old versions of the others, pile up";
    Finding::warning(NAME, seen, "ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf()")
}

fn durability(server: &ServerState) -> Finding {
    const NAME: &str = "durability";
    if !server.is_on("fsync") || !server.is_on("full_page_writes") {
        let seen = "fsync or full_page_writes is off: a crash of the machine can damage the whole database";
        return Finding::warning(NAME, seen, "turn both on, unless the database may be lost");
    }
    match server.settings.get("synchronous_commit").map(String::as_str) {
        Some("off") => Finding::fine(
            NAME,
            "synchronous_commit is off: a crash can bring back sessions that ended in the last moment",
        ),
        _ => Finding::fine(NAME, "a commit is on disk when it is answered"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;
    use crate::Level;

    fn server(settings: &[(&str, &str)]) -> ServerState {
        let mut server = ServerState::default();
        server.settings =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        server
    }

    #[test]
    fn versions_are_told_apart() {
        for (number, level) in [(90_624, Level::Problem), (130_022, Level::Problem), (140_000, Level::Fine)] {
            let mut server = server(&[]);
            server.number = number;
            assert_eq!(version(&server).level, level, "{number}");
        }
    }

    #[test]
    fn each_way_to_take_no_writes_is_a_problem() {
        assert_eq!(writes(&server(&[])).level, Level::Fine);
        assert_eq!(writes(&server(&[("default_transaction_read_only", "on")])).level, Level::Problem);
        let mut standby = server(&[]);
        standby.is_standby = true;
        assert_eq!(writes(&standby).level, Level::Problem);
    }

    #[test]
    fn a_line_to_another_machine_must_be_encrypted() {
        for (is_encrypted, is_local, level) in [
            (Some(true), false, Some(Level::Fine)),
            (Some(false), false, Some(Level::Warning)),
            (None, false, Some(Level::Unknown)),
            (Some(false), true, None),
        ] {
            let mut server = server(&[]);
            server.is_encrypted = is_encrypted;
            assert_eq!(access(&server, is_local).map(|finding| finding.level), level, "{is_encrypted:?}");
        }
    }

    #[test]
    fn what_a_crash_would_cost_is_told() {
        let safe = [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")];
        assert_eq!(durability(&server(&safe)).level, Level::Fine);
        assert_eq!(
            durability(&server(&[("fsync", "off"), ("full_page_writes", "on")])).level,
            Level::Warning
        );
        assert_eq!(vacuum(&server(&[("autovacuum", "off")])).level, Level::Warning);
        assert_eq!(vacuum(&server(&[("autovacuum", "on")])).level, Level::Fine);
    }
}
