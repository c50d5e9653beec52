use session_mysql::maintenance::{Maintenance, MaintenanceError};

use crate::{Finding, args::EventChange};

/// Compares the server, the table and the event with what is needed, and changes nothing.
pub(crate) fn verify(
    maintenance: &mut Maintenance,
    wanted: Option<EventChange>,
) -> Result<Vec<Finding>, MaintenanceError> {
    let mut findings = vec![version(&maintenance.server()?)];
    findings.extend(table(maintenance)?);
    findings.push(event(maintenance, wanted)?);
    Ok(findings)
}

/// Returns every difference of the table, or that there is none.
pub(super) fn table(maintenance: &mut Maintenance) -> Result<Vec<Finding>, MaintenanceError> {
    const SUBJECT: &str = "table";
    const BY_HAND: &str =
        "rename the table and run this again: it makes a new one, and all users sign in again";
    let differences = maintenance.differences()?;
    if differences.is_empty() {
        return Ok(vec![Finding::fine(SUBJECT, "as it must be")]);
    }
    let problem = |difference: &session_mysql::maintenance::Difference| {
        Finding::problem(SUBJECT, difference.to_string(), difference.cure().unwrap_or(BY_HAND))
    };
    Ok(differences.iter().map(problem).collect())
}

pub(super) fn version(version: &str) -> Finding {
    const SUBJECT: &str = "version";
    let mut parts = version.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse::<u32>().unwrap_or(0));
    let number = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let needed = if version.contains("MariaDB") { (10, 6) } else { (8, 0) };
    if number >= needed {
        Finding::fine(SUBJECT, version)
    } else {
        let seen = format!("{version} is too old: sessions need MySQL 8.0 or MariaDB 10.6");
        Finding::problem(SUBJECT, seen, "install a newer server")
    }
}

/// Judges whether expired sessions are removed as wanted.
pub(super) fn event(
    maintenance: &mut Maintenance,
    wanted: Option<EventChange>,
) -> Result<Finding, MaintenanceError> {
    const SUBJECT: &str = "event";
    const SCHEDULE: &str =
        "SET GLOBAL event_scheduler=ON, and event_scheduler=ON in the server's configuration";
    let state = maintenance.event()?;
    Ok(match (state.every, wanted) {
        (None, Some(EventChange::Make { .. })) => {
            Finding::problem(SUBJECT, "there is none", "session-setup mysql --event")
        }
        (None, _) => Finding::fine(
            SUBJECT,
            "none: the application removes what has expired (`sweep_one_in`, or its sweeper)",
        ),
        (Some(_), Some(EventChange::Remove)) => {
            Finding::problem(SUBJECT, "there still is one", "session-setup mysql --no-event")
        }
        (Some(every), Some(EventChange::Make { every: wanted, .. })) if every != wanted => {
            let seen = format!("it runs every {} s, and not every {} s", every.as_secs(), wanted.as_secs());
            Finding::problem(SUBJECT, seen, "session-setup mysql --event")
        }
        (Some(_), _) if !state.is_enabled => {
            Finding::warning(SUBJECT, "it is disabled, as on a replica", "session-setup mysql --event")
        }
        (Some(_), _) if !state.is_scheduled => {
            Finding::warning(SUBJECT, "the server runs no events, so expired sessions pile up", SCHEDULE)
        }
        (Some(every), _) => {
            Finding::fine(SUBJECT, format!("it removes what has expired every {} s", every.as_secs()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;

    #[test]
    fn versions_are_told_apart() {
        for (text, level) in [
            ("10.11.6-MariaDB-0+deb12u1", Level::Fine),
            ("10.6.0-MariaDB", Level::Fine),
            ("11.4.2-MariaDB", Level::Fine),
            ("10.5.9-MariaDB", Level::Problem),
            ("8.0.36", Level::Fine),
            ("8.4.0-commercial", Level::Fine),
            ("5.7.44-log", Level::Problem),
            ("", Level::Problem),
        ] {
            assert_eq!(version(text).level, level, "{text}");
        }
    }
}
