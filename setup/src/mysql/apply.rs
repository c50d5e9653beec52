use std::{
    io::{IsTerminal as _, Write as _, stderr},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use session_mysql::maintenance::{Maintenance, MaintenanceError};

use super::judge;
use crate::{
    Finding, Level,
    args::{EventWish, MysqlOptions, TableOptions},
};

/// Makes the table or brings it up to date, and the event as it was asked for. What it did and what is left to do; every
/// session in the table stays.
///
/// # Errors
/// [`MaintenanceError`] if the server refuses. What was done before stays done, and running it again goes on from there.
pub fn apply(
    maintenance: &mut Maintenance,
    options: &MysqlOptions,
) -> Result<Vec<Finding>, MaintenanceError> {
    let version = judge::version(&maintenance.server()?);
    if version.level == Level::Problem {
        return Ok(vec![version]);
    }
    let mut findings = vec![version];
    for difference in maintenance.differences()? {
        if let Some(cure) = difference.cure() {
            watched(&options.table, maintenance, cure)?;
            findings.push(Finding::fine("table", format!("{difference}: done\n{:21} by: {cure}", "")));
        }
    }
    findings.extend(judge::table(maintenance)?);
    match options.event {
        Some(EventWish::Make { every, batch }) => {
            let schema = maintenance.schema().clone();
            maintenance.execute(&schema.drop_event())?;
            maintenance.execute(&schema.create_event(every, batch))?;
        }
        Some(EventWish::Remove) => {
            let drop = maintenance.schema().drop_event();
            maintenance.execute(&drop)?;
        }
        None => {}
    }
    findings.push(judge::event(maintenance, options.event)?);
    Ok(findings)
}

/// Executes a statement, and shows on a terminal how far it is: to change a large table takes a while.
fn watched(
    options: &TableOptions,
    maintenance: &mut Maintenance,
    statement: &str,
) -> Result<(), MaintenanceError> {
    let (done, id) = (AtomicBool::new(false), maintenance.id());
    thread::scope(|scope| {
        if stderr().is_terminal() {
            scope.spawn(|| watch(options, id, &done));
        }
        let executed = maintenance.execute(statement);
        done.store(true, Ordering::Relaxed);
        executed
    })
}

fn watch(options: &TableOptions, id: u32, done: &AtomicBool) {
    const WIDTH: usize = 40;
    // To see nothing is no reason to stop what is being done.
    let Ok(mut watcher) = Maintenance::connect(&options.url, options.table.as_deref()) else { return };
    let mut shown = false;
    while !done.load(Ordering::Relaxed) {
        if let Ok(Some(part)) = watcher.progress_of(id) {
            let filled = (part.clamp(0.0, 1.0) * WIDTH as f64) as usize;
            let bar = format!("{}{}", "#".repeat(filled), ".".repeat(WIDTH - filled));
            let _ = write!(stderr(), "\r[{bar}] {:3.0} %", part * 100.0);
            shown = true;
        }
        thread::sleep(Duration::from_millis(200));
    }
    if shown {
        let _ = writeln!(stderr());
    }
}
