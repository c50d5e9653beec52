use session_mysql::maintenance::{Maintenance, MaintenanceError};

use crate::{
    Finding,
    args::{EventWish, MysqlOptions},
};

/// Compares the table, the event and the server with what is needed, and changes nothing.
///
/// # Errors
/// [`MaintenanceError`] if the server cannot be asked.
pub fn verify(
    maintenance: &mut Maintenance,
    options: &MysqlOptions,
) -> Result<Vec<Finding>, MaintenanceError> {
    let mut findings = vec![version(&maintenance.server()?)];
    findings.extend(table(maintenance)?);
    findings.push(event(maintenance, options.event)?);
    Ok(findings)
}

/// Every difference of the table, or that there is none.
pub(super) fn table(maintenance: &mut Maintenance) -> Result<Vec<Finding>, MaintenanceError> {
    const SUBJECT: &str = "table";
    let differences = maintenance.differences()?;
    if differences.is_empty() {
        return Ok(vec![Finding::fine(SUBJECT, "as it must be")]);
    }
    Ok(differences
        .iter()
        .map(|difference| {
            let by_hand =
                "rename the table and run this again: it makes a new one, and everybody signs in again";
            Finding::problem(SUBJECT, difference.to_string(), difference.cure().unwrap_or(by_hand))
        })
        .collect())
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

/// Whether what has expired is removed.
pub(super) fn event(
    maintenance: &mut Maintenance,
    wish: Option<EventWish>,
) -> Result<Finding, MaintenanceError> {
    const SUBJECT: &str = "event";
    let state = maintenance.event()?;
    let schedule = "SET GLOBAL event_scheduler=ON, and event_scheduler=ON in the server's configuration";
    Ok(match (state.every, wish) {
        (None, Some(EventWish::Make { .. })) => {
            Finding::problem(SUBJECT, "there is none", "session-setup mysql --event")
        }
        (None, _) => {
            Finding::fine(SUBJECT, "none: the application removes what has expired (`gc`, or its sweeper)")
        }
        (Some(_), Some(EventWish::Remove)) => {
            Finding::problem(SUBJECT, "there still is one", "session-setup mysql --no-event")
        }
        (Some(every), Some(EventWish::Make { every: wanted, .. })) if every != wanted => {
            let seen = format!("it runs every {} s, and not every {} s", every.as_secs(), wanted.as_secs());
            Finding::problem(SUBJECT, seen, "session-setup mysql --event")
        }
        (Some(_), _) if !state.is_enabled => {
            Finding::warning(SUBJECT, "it is disabled, as on a replica", "session-setup mysql --event")
        }
        (Some(_), _) if !state.is_scheduled => {
            Finding::warning(SUBJECT, "the server runs no events, so that expired sessions pile up", schedule)
        }
        (Some(every), _) => {
            Finding::fine(SUBJECT, format!("every {} s it removes what has expired", every.as_secs()))
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
