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
    args::{EventChange, MysqlArgs, TableArgs},
};

/// Makes the table or brings it up to date, and changes the event as asked. Returns what was done and what is left to
/// do. After an error it can be run again and continues.
pub(crate) fn apply(
    maintenance: &mut Maintenance,
    args: &MysqlArgs,
) -> Result<Vec<Finding>, MaintenanceError> {
    let version = judge::version(&maintenance.server()?);
    if version.level == Level::Problem {
        return Ok(vec![version]);
    }
    let mut findings = vec![version];
    for difference in maintenance.differences()? {
        if let Some(cure) = difference.cure() {
            execute(&args.table, maintenance, cure)?;
            findings.push(Finding::fine("table", format!("{difference}: done\n{:21} by: {cure}", "")));
        }
    }
    findings.extend(judge::table(maintenance)?);
    let schema = maintenance.schema().clone();
    match args.event() {
        Some(EventChange::Make { every, batch }) => {
            maintenance.execute(&schema.drop_event())?;
            maintenance.execute(&schema.create_event(every, batch))?;
        }
        Some(EventChange::Remove) => maintenance.execute(&schema.drop_event())?,
        None => {}
    }
    findings.push(judge::event(maintenance, args.event())?);
    Ok(findings)
}

/// Executes a statement. On a terminal a bar shows the progress, because changing a large table takes a while.
fn execute(
    table: &TableArgs,
    maintenance: &mut Maintenance,
    statement: &str,
) -> Result<(), MaintenanceError> {
    let (done, id) = (AtomicBool::new(false), maintenance.id());
    thread::scope(|scope| {
        if stderr().is_terminal() {
            scope.spawn(|| show_progress(table, id, &done));
        }
        let executed = maintenance.execute(statement);
        done.store(true, Ordering::Relaxed);
        executed
    })
}

fn show_progress(table: &TableArgs, id: u32, done: &AtomicBool) {
    const WIDTH: usize = 40;
    // A bar that cannot be shown is no reason to stop the statement.
    let Ok(mut observer) = table.connect() else { return };
    let mut shown = false;
    while !done.load(Ordering::Relaxed) {
        if let Ok(Some(part)) = observer.progress_of(id) {
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
