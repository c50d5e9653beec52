use session_redis::maintenance::Maintenance;

use super::{Info, Survey};
use crate::Finding;

const NAME: &str = "cluster";
const SLOTS: u16 = 16_384;

/// What the nodes say about their cluster, or that the URL does not name one where there is one.
pub(super) fn judge(maintenance: &Maintenance, surveys: &[Survey]) -> Vec<Finding> {
    let Some(covered) = maintenance.covered_slots() else {
        return surveys.iter().filter_map(node_without_cluster).collect();
    };
    let mut findings = Vec::new();
    if covered < SLOTS {
        findings.push(Finding::problem(
            NAME,
            format!(
                "{} of {SLOTS} slots have no master: their sessions cannot be read or made",
                SLOTS - covered
            ),
            "redis-cli --cluster fix HOST:PORT, or bring the missing master back",
        ));
    }
    for server in maintenance.masters() {
        // A user of sessions may not ask for it; the slots say most of it.
        let Ok(answer) = maintenance.ask(server, "CLUSTER", &[b"INFO"]) else { continue };
        let info = Info::parse(&answer.text());
        if let Some(state) = info.get("cluster_state").filter(|state| *state != "ok") {
            let seen =
                format!("{server} says that the cluster is in the state `{state}` and refuses commands");
            findings.push(Finding::problem(NAME, seen, "redis-cli --cluster check HOST:PORT"));
        }
    }
    for survey in surveys.iter().filter(|survey| survey.info.number("connected_slaves") == Some(0)) {
        let seen =
            format!("{} has no replica: while it is down, so is its part of the sessions", survey.address);
        findings.push(Finding::warning(NAME, seen, "give each master a replica"));
    }
    if findings.is_empty() {
        let seen = format!("{} masters have all slots, and each has a replica", surveys.len());
        findings.push(Finding::fine(NAME, seen));
    }
    findings
}

fn node_without_cluster(survey: &Survey) -> Option<Finding> {
    let mode = survey.info.get("redis_mode").or_else(|| survey.info.get("server_mode"));
    (mode == Some("cluster")).then(|| {
        Finding::problem(
            NAME,
            "this is one node of a cluster: it refuses the sessions of all others",
            "use redis+cluster://…, which finds the others",
        )
    })
}
