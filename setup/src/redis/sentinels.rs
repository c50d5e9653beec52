use session_redis::maintenance::{Maintenance, Server};

use crate::Finding;

const NAME: &str = "sentinels";

/// What the sentinels say: whether they are there, agree, and could fail over.
pub(super) fn judge(maintenance: &Maintenance) -> Vec<Finding> {
    let Some((sentinels, master)) = maintenance.sentinels() else { return Vec::new() };
    let mut findings: Vec<Finding> =
        sentinels.iter().filter_map(|sentinel| obstacle(maintenance, sentinel, master)).collect();
    if sentinels.len() < 3 {
        let seen = format!("the URL names {}: if they are down, a new master is not found", sentinels.len());
        findings.push(Finding::warning(NAME, seen, "name at least three of them in the URL"));
    }
    if findings.is_empty() {
        let seen = format!("all {} agree about the master and could replace it", sentinels.len());
        findings.push(Finding::fine(NAME, seen));
    }
    findings
}

/// Why this sentinel would be no help when the master is gone.
fn obstacle(maintenance: &Maintenance, sentinel: &Server, name: &str) -> Option<Finding> {
    let ask = |words: &[&[u8]]| maintenance.ask(sentinel, "SENTINEL", words);
    let named = match ask(&[b"GET-MASTER-ADDR-BY-NAME", name.as_bytes()]) {
        Err(error) => {
            let seen = format!("{sentinel} does not answer: {error}");
            return Some(Finding::warning(NAME, seen, "start it, or take it out of the URL"));
        }
        Ok(answer) => answer,
    };
    let [host, port] = named.parts() else {
        let seen = format!("{sentinel} knows no master of the name {name}");
        return Some(Finding::warning(NAME, seen, "SENTINEL MONITOR … on it, or take it out of the URL"));
    };
    let port = port.text().parse().unwrap_or(0);
    if !maintenance.masters().iter().any(|server| server.is_at(&host.text(), port)) {
        let seen = format!("{sentinel} names another master than the others, {}:{port}", host.text());
        return Some(Finding::problem(NAME, seen, "wait until a failover is over, and run this again"));
    }
    match ask(&[b"CKQUORUM", name.as_bytes()]) {
        Err(error) if matches!(error.code(), Some("NOQUORUM")) => {
            let seen = format!("{sentinel} could not start a failover: {error}");
            return Some(Finding::warning(NAME, seen, "start the sentinels that are missing"));
        }
        Err(error) => {
            return Some(Finding::unknown(NAME, format!("{sentinel} does not tell its quorum: {error}")));
        }
        Ok(_) => {}
    }
    let replicas = ask(&[b"REPLICAS", name.as_bytes()]).ok()?;
    replicas.parts().is_empty().then(|| {
        let seen = format!("{sentinel} knows no replica: nobody can take over from the master");
        Finding::warning(NAME, seen, "start a replica")
    })
}
