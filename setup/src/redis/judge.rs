use super::{KeyCount, Survey};
use crate::Finding;

/// Returns what an operator should know about the server, in the order in which to read it.
pub(super) fn judge(survey: &Survey) -> Vec<Finding> {
    let looks = [version, role, access, eviction, memory, persistence, replication, clients, latency, keys];
    looks.into_iter().filter_map(|look| look(survey)).collect()
}

fn version(survey: &Survey) -> Option<Finding> {
    const NAME: &str = "version";
    Some(match survey.info.compatible_with() {
        Some(version) if version >= (6, 2) => {
            Finding::fine(NAME, "has all commands that are needed (Redis 6.2)")
        }
        Some((major, minor)) => Finding::problem(
            NAME,
            format!("{major}.{minor} is too old: sessions need Redis 6.2 or any Valkey"),
            "install a newer server",
        ),
        None => Finding::unknown(NAME, "the server does not say; sessions need Redis 6.2 or any Valkey"),
    })
}

fn role(survey: &Survey) -> Option<Finding> {
    const NAME: &str = "role";
    match survey.info.get("role")? {
        "master" => None,
        _ => Some(Finding::problem(
            NAME,
            "this is a replica: it takes no writes, so no user can sign in or out",
            "connect to the master, or through Sentinel (redis+sentinel://…), which finds it",
        )),
    }
}

fn access(survey: &Survey) -> Option<Finding> {
    const NAME: &str = "access";
    if !survey.is_remote {
        return None;
    }
    Some(if !survey.has_password {
        Finding::warning(
            NAME,
            "no password was needed: everyone who reaches the port can read and end every session",
            "make a user with a password; the last line shows how",
        )
    } else if !survey.is_encrypted {
        Finding::warning(
            NAME,
            "the connection is not encrypted: the network can read the password and the sessions",
            "turn TLS on and use rediss://…",
        )
    } else {
        Finding::fine(NAME, "by password, encrypted")
    })
}

fn eviction(survey: &Survey) -> Option<Finding> {
    const NAME: &str = "eviction";
    let policy = survey.info.get("maxmemory_policy").or_else(|| setting(survey, "maxmemory-policy"));
    Some(match policy {
        None => {
            Finding::unknown(NAME, "the server does not say its maxmemory-policy, which must be noeviction")
        }
        Some("noeviction") => Finding::fine(
            NAME,
            "noeviction: a full server refuses new sessions and changes, keeps the others, and lets everyone sign out",
        ),
        Some(policy) => {
            let unlimited = survey.info.number("maxmemory") == Some(0);
            let seen = format!(
                "{policy}: a full server removes sessions that are in use, and may forget that sessions were ended, \
                 which brings them back{}",
                if unlimited { "; without a maxmemory it is never full, so far" } else { "" }
            );
            Finding::warning(NAME, seen, "CONFIG SET maxmemory-policy noeviction")
        }
    })
}

fn memory(survey: &Survey) -> Option<Finding> {
    const NAME: &str = "memory";
    let (used, limit) = (survey.info.number("used_memory")?, survey.info.number("maxmemory")?);
    let used_mib = used / (1 << 20);
    if limit == 0 {
        let seen =
            format!("{used_mib} MiB used, no maxmemory: the system kills the server when the memory is full");
        return Some(Finding::warning(NAME, seen, "CONFIG SET maxmemory <bytes>"));
    }
    let percent = u128::from(used) * 100 / u128::from(limit);
    let seen = format!("{used_mib} MiB used, {percent} % of maxmemory");
    Some(match percent {
        0..80 => Finding::fine(NAME, seen),
        80..100 => {
            Finding::warning(NAME, seen, "CONFIG SET maxmemory <more>, before nobody can sign in any more")
        }
        _ => Finding::problem(
            NAME,
            format!("{seen}: nobody can sign in or change a session; signing out works"),
            "CONFIG SET maxmemory <more>",
        ),
    })
}

fn persistence(survey: &Survey) -> Option<Finding> {
    const NAME: &str = "persistence";
    let (aof, fsync) = (setting(survey, "appendonly"), setting(survey, "appendfsync"));
    let broken = [("aof_last_write_status", "append-only file"), ("rdb_last_bgsave_status", "snapshot")]
        .into_iter()
        .find(|(field, _)| survey.info.get(field) == Some("err"));
    if let Some((_, what)) = broken {
        return Some(Finding::problem(
            NAME,
            format!("the last write of the {what} failed: the server may refuse to write (MISCONF)"),
            "look at the server's disk and log",
        ));
    }
    Some(match (aof, fsync) {
        (None, _) => Finding::unknown(NAME, "the server does not say whether it writes to disk (appendonly)"),
        (Some("yes"), Some("always")) => {
            Finding::fine(NAME, "append-only file, always: a crash loses nothing")
        }
        (Some("yes"), Some("everysec")) => {
            Finding::fine(NAME, "append-only file, every second: a crash loses a second")
        }
        (Some("yes"), _) => Finding::warning(
            NAME,
            "append-only file, written when the system decides: a crash may lose half a minute",
            "CONFIG SET appendfsync everysec",
        ),
        _ if setting(survey, "save").is_some_and(|save| !save.is_empty()) => Finding::warning(
            NAME,
            "snapshots only: a crash brings back what was ended since the last one, sign-outs included",
            "CONFIG SET appendonly yes",
        ),
        _ => Finding::warning(NAME, "nothing: a restart ends every session", "CONFIG SET appendonly yes"),
    })
}

fn replication(survey: &Survey) -> Option<Finding> {
    const NAME: &str = "replication";
    let replicas = survey.info.number("connected_slaves")?;
    if replicas == 0 {
        return Some(Finding::fine(NAME, "no replicas: while this server is down, so are the sessions"));
    }
    const LOSS: &str = "a master that is cut off still takes writes, sign-outs among them, and loses them when it comes back";
    if let Some(state) = survey.info.replica_in_trouble() {
        let seen = format!("a replica is in the state `{state}`: it cannot take over");
        return Some(Finding::warning(NAME, seen, "look at the log of the replica"));
    }
    let holds_scripts_back = survey.info.compatible_with().is_none_or(|version| version >= (7, 0));
    Some(match setting(survey, "min-replicas-to-write") {
        // Before 7.0 the setting is not looked at inside scripts, which nearly all writes of sessions are.
        _ if !holds_scripts_back => Finding::warning(
            NAME,
            format!(
                "{replicas} replicas: {LOSS}; min-replicas-to-write does not hold back scripts before Redis 7.0"
            ),
            "use Redis 7.0 or newer and set min-replicas-to-write there",
        ),
        None => Finding::unknown(
            NAME,
            format!("{replicas} replicas; the server does not say its min-replicas-to-write"),
        ),
        Some("0") => Finding::warning(
            NAME,
            format!("{replicas} replicas, min-replicas-to-write 0: {LOSS}"),
            "CONFIG SET min-replicas-to-write 1",
        ),
        Some(needed) => Finding::fine(
            NAME,
            format!("{replicas} replicas, {needed} of which must be connected for a write"),
        ),
    })
}

fn clients(survey: &Survey) -> Option<Finding> {
    const NAME: &str = "clients";
    let (now, most) = (survey.info.number("connected_clients")?, survey.info.number("maxclients")?);
    let seen = format!("{now} of {most}");
    Some(if now.saturating_mul(5) < most.saturating_mul(4) {
        Finding::fine(NAME, seen)
    } else {
        Finding::warning(
            NAME,
            format!("{seen}: the server will soon refuse connections"),
            "CONFIG SET maxclients <more>",
        )
    })
}

fn latency(survey: &Survey) -> Option<Finding> {
    let millis = |duration: std::time::Duration| duration.as_secs_f64() * 1000.0;
    let Some(latency) = survey.latency else {
        return Some(Finding::unknown(
            "latency",
            "this user may not ask for the time, which scripts do, too",
        ));
    };
    let (median, slowest) = (millis(latency.median), millis(latency.slowest));
    let seen =
        format!("{median:.2} ms, {slowest:.2} ms at worst: the wait of each request that uses its session");
    Some(if median < 10.0 {
        Finding::fine("latency", seen)
    } else {
        Finding::warning("latency", seen, "keep the server in the same network as the application")
    })
}

fn keys(survey: &Survey) -> Option<Finding> {
    const NAME: &str = "sessions";
    let KeyCount { sessions, owners, marks, others } = match survey.keys.as_ref()? {
        Ok(count) => *count,
        Err(error) => return Some(Finding::unknown(NAME, format!("they cannot be counted: {error}"))),
    };
    let seen =
        format!("{sessions} (tombstones among them), {owners} owners signed in, {marks} revocation marks");
    Some(if others == 0 {
        Finding::fine(NAME, seen)
    } else {
        let seen = format!("{seen}; {others} other keys under the prefix");
        Finding::warning(NAME, seen, "give sessions a prefix of their own")
    })
}

fn setting<'a>(survey: &'a Survey, name: &str) -> Option<&'a str> {
    survey.config.get(name).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::{super::Info, *};
    use crate::Level;

    fn survey(info: &str, config: &[(&'static str, &str)]) -> Survey {
        Survey {
            address: "10.0.0.5:6379".to_owned(),
            is_remote: true,
            is_encrypted: true,
            has_password: true,
            info: Info::parse(info),
            config: config.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            latency: None,
            keys: None,
        }
    }

    #[test]
    fn a_cut_off_master_is_held_back_from_7_0_on() {
        for (version, setting, level, text) in [
            ("6.2.5", Some("1"), Level::Warning, "does not hold back scripts before Redis 7.0"),
            ("6.2.5", Some("0"), Level::Warning, "does not hold back scripts before Redis 7.0"),
            ("7.0.15", Some("0"), Level::Warning, "min-replicas-to-write 0"),
            ("7.0.15", Some("1"), Level::Fine, "1 of which"),
            ("7.0.15", None, Level::Unknown, "does not say"),
        ] {
            let info = format!("redis_version:{version}\nconnected_slaves:2");
            let config: Vec<_> = setting.into_iter().map(|value| ("min-replicas-to-write", value)).collect();
            let finding = replication(&survey(&info, &config)).unwrap();
            assert_eq!(finding.level, level, "{version} {setting:?}");
            assert!(finding.seen.contains(text), "{}", finding.seen);
            let advice = finding.advice.unwrap_or_default();
            assert!(
                !advice.starts_with("CONFIG SET min-replicas-to-write") || version != "6.2.5",
                "{advice}"
            );
        }
    }

    #[test]
    fn a_server_that_tells_nothing_is_unknown_and_no_problem() {
        for finding in judge(&survey("", &[])) {
            assert!(finding.level <= Level::Unknown, "{finding}");
        }
    }

    #[test]
    fn whoever_can_reach_the_port_needs_a_password_and_an_encrypted_line() {
        for (has_password, is_encrypted, level) in
            [(true, true, Level::Fine), (true, false, Level::Warning), (false, true, Level::Warning)]
        {
            let survey = Survey { has_password, is_encrypted, ..survey("", &[]) };
            assert_eq!(access(&survey).unwrap().level, level);
            assert_eq!(access(&Survey { is_remote: false, ..survey }), None);
        }
    }
}
