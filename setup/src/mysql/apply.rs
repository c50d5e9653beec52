use std::io::{IsTerminal as _, Write as _, stderr};

use session_mysql::maintenance::{Maintenance, MaintenanceError};

use super::plan::Plan;
use crate::{Failure, Finding, Report, args::MysqlArgs};

/// Carries the plan out and looks again. What was done before an error stays, and the next run continues.
pub(super) fn apply(maintenance: &mut Maintenance, plan: &Plan, args: &MysqlArgs) -> Result<Report, Failure> {
    let result = change(maintenance, plan, args);
    let mut report = Plan::make(maintenance, args)?.report(maintenance, args)?;
    match result {
        Ok(()) => {
            report.statements = plan.statements(args);
            report.is_applied = true;
        }
        Err(error) => report.findings.push(failed(&error)),
    }
    Ok(report)
}

fn change(maintenance: &mut Maintenance, plan: &Plan, args: &MysqlArgs) -> Result<(), MaintenanceError> {
    if let Some(cure) = &plan.cure {
        // Changing a large table takes a while.
        let (is_shown, mut shown) = (stderr().is_terminal(), false);
        maintenance.cure(cure, args.block_writers, args.patience(), |part| {
            if is_shown {
                show(part);
                shown = true;
            }
        })?;
        if shown {
            let _ = writeln!(stderr());
        }
    }
    plan.event.iter().try_for_each(|statement| maintenance.execute(statement))
}

fn show(part: f64) {
    const WIDTH: usize = 40;
    let filled = (part.clamp(0.0, 1.0) * WIDTH as f64) as usize;
    let bar = format!("{}{}", "#".repeat(filled), ".".repeat(WIDTH.saturating_sub(filled)));
    // A bar that cannot be shown is no reason to stop the statement.
    let _ = write!(stderr(), "\r[{bar}] {:3.0} %", part * 100.0);
}

fn failed(error: &MaintenanceError) -> Finding {
    // The server cannot do it in place, or not without a lock.
    let advice = match error.code() {
        Some(1845 | 1846) => "session-setup mysql --apply --block-writers, at a quiet hour",
        Some(1044 | 1142 | 1227) => "use an account that may do this",
        _ => "",
    };
    Finding::problem("change", format!("it failed: {error}"), advice)
}
