//! Whether a server takes the writes of sessions, and keeps them.

use session_mysql::maintenance::{Maintenance, ServerState};

use crate::Finding;

/// The most that a session may have by default, and what the protocol adds.
const PACKET: u64 = (1 << 20) + 1024;

/// Returns what an operator should know about the server, in the order in which to read it.
pub(super) fn judge(server: &ServerState, maintenance: &Maintenance, force: bool) -> Vec<Finding> {
    let mut findings = vec![version(server)];
    findings.extend(access(server, maintenance.is_local()));
    findings.push(writes(server));
    findings.push(replication(server, force));
    findings.extend(group(server));
    findings.extend(galera(server));
    findings.extend([binary_log(server), isolation(server), packet(server)].into_iter().flatten());
    findings
}

pub(super) fn version(server: &ServerState) -> Finding {
    const NAME: &str = "version";
    let version = &server.version;
    let mut parts = version.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse::<u32>().unwrap_or(0));
    let number = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let needed = if version.contains("MariaDB") { (10, 6) } else { (8, 0) };
    if number >= needed {
        Finding::fine(NAME, version)
    } else {
        let seen = format!("{version} is too old: sessions need MySQL 8.0 or MariaDB 10.6");
        Finding::problem(NAME, seen, "install a newer server")
    }
}

/// Whether a table that is made here would be lost, or would break the replication.
pub(super) fn is_no_place_for_changes(server: &ServerState) -> bool {
    read_only(server).is_some() || server.is_replica == Some(true)
}

/// The variable that keeps applications from writing.
fn read_only(server: &ServerState) -> Option<&'static str> {
    ["super_read_only", "read_only", "innodb_read_only", "offline_mode"]
        .into_iter()
        .find(|name| server.is_on(name))
}

fn access(server: &ServerState, is_local: bool) -> Option<Finding> {
    const NAME: &str = "access";
    const ADVICE: &str = "add `?ssl-mode=verify-identity` to the URL";
    if server.get("ssl_cipher").is_some_and(|cipher| !cipher.is_empty()) {
        return Some(Finding::fine(NAME, "encrypted"));
    }
    (!is_local).then(|| {
        let seen = "the connection is not encrypted: the network can read the password and the sessions";
        Finding::warning(NAME, seen, ADVICE)
    })
}

fn writes(server: &ServerState) -> Finding {
    const NAME: &str = "writes";
    match read_only(server) {
        None => Finding::fine(NAME, "the server takes them"),
        Some(variable) => Finding::problem(
            NAME,
            format!("{variable} is on: nobody can sign in or out"),
            &format!("use the URL of the server that takes writes, or SET GLOBAL {variable}=OFF"),
        ),
    }
}

fn replication(server: &ServerState, force: bool) -> Finding {
    const NAME: &str = "replication";
    const SEEN: &str =
        "the server follows another one: what is written here is not there, and may stop the replication";
    const ADVICE: &str = "use the URL of the server that it follows; --force if it is written to on purpose";
    match server.is_replica {
        None => Finding::unknown(NAME, "this account may not ask whether the server follows another one"),
        Some(false) => Finding::fine(NAME, "the server follows no other"),
        Some(true) if force => Finding::warning(NAME, SEEN, ""),
        Some(true) => Finding::problem(NAME, SEEN, ADVICE),
    }
}

fn group(server: &ServerState) -> Option<Finding> {
    const NAME: &str = "group";
    const ADVICE: &str = "use the URL of a member that takes writes";
    let (state, role) = server.group.as_ref()?;
    Some(match (state.as_str(), role.as_str()) {
        ("online", "primary") => Finding::fine(NAME, "a primary member of its replication group"),
        ("online", _) => Finding::problem(NAME, format!("a {role} member of its replication group"), ADVICE),
        // Not in the group at all.
        ("offline", "") => return None,
        _ => {
            Finding::problem(NAME, format!("the state of this member is {state}: it takes no writes"), ADVICE)
        }
    })
}

fn galera(server: &ServerState) -> Option<Finding> {
    const NAME: &str = "galera";
    if !server.is_on("wsrep_on") {
        return None;
    }
    let get = |name: &str| server.get(name).unwrap_or_default();
    let (status, nodes) = (get("wsrep_cluster_status"), get("wsrep_cluster_size"));
    Some(if !server.is_on("wsrep_ready") || status != "Primary" {
        let state = get("wsrep_local_state_comment");
        let seen = format!("this node is not a part of its cluster (status {status}, state {state})");
        Finding::problem(NAME, seen, "use the URL of another node, or bring this one back")
    } else if nodes != "1" && get("wsrep_sync_wait") == "0" {
        Finding::warning(
            NAME,
            format!(
                "{nodes} nodes, wsrep_sync_wait 0: after a sign-out another node may still open the session"
            ),
            "SET GLOBAL wsrep_sync_wait=1, unless the application uses one node only",
        )
    } else {
        Finding::fine(NAME, format!("{nodes} nodes, wsrep_sync_wait {}", get("wsrep_sync_wait")))
    })
}

fn binary_log(server: &ServerState) -> Option<Finding> {
    const NAME: &str = "binlog";
    let format = server.get("binlog_format")?;
    if !server.is_on("log_bin") {
        return Some(Finding::fine(NAME, "the binary log is off"));
    }
    Some(if format.eq_ignore_ascii_case("STATEMENT") {
        Finding::problem(
            NAME,
            "binlog_format is STATEMENT: at READ COMMITTED the server refuses every write (error 1665)",
            "SET GLOBAL binlog_format=ROW, and binlog_format=ROW in the server's configuration",
        )
    } else {
        Finding::fine(NAME, format!("on, {format}"))
    })
}

fn isolation(server: &ServerState) -> Option<Finding> {
    const NAME: &str = "isolation";
    let level = server.get("transaction_isolation").or_else(|| server.get("tx_isolation"))?;
    Some(if level == "READ-COMMITTED" {
        Finding::fine(NAME, "READ COMMITTED, which each connection sets for itself")
    } else {
        let seen =
            format!("the connection has set READ COMMITTED, and has {level}: a proxy does not pass it on");
        Finding::problem(NAME, seen, "have the proxy pass `SET SESSION` on, or connect to the server itself")
    })
}

fn packet(server: &ServerState) -> Option<Finding> {
    const NAME: &str = "packet";
    let bytes: u64 = server.get("max_allowed_packet")?.parse().ok()?;
    let seen = format!("max_allowed_packet is {bytes} bytes");
    Some(if bytes >= PACKET {
        Finding::fine(NAME, seen)
    } else {
        let seen = format!("{seen}: a larger session is refused, and one may have a mebibyte by default");
        Finding::warning(
            NAME,
            seen,
            "SET GLOBAL max_allowed_packet=16777216, and the same in the configuration",
        )
    })
}

#[cfg(test)]
mod tests;
