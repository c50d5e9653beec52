//! A table in PostgreSQL: looked at, planned, and brought up to date.

mod plan;
mod server;
mod table;

use std::{sync::Arc, time::Duration};

use session_postgres::{
    Schema,
    blocking::PostgresStore,
    maintenance::{Maintenance, MaintenanceError},
};

use self::plan::Plan;
use crate::{Failure, Finding, Level, Report, args::PostgresArgs, mysql::confirmed, trial::Trial};

pub(crate) fn is_url(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

/// Looks, shows what to change, and changes it if told to.
pub(crate) fn set_up(args: &PostgresArgs) -> Result<Report, Failure> {
    let url = args.table.url.read()?;
    let mut maintenance = connect(&url, args.table.table.as_deref())?;
    let plan = Plan::make(&mut maintenance)?;
    let mut report = plan.report(&maintenance, args);
    let is_told = args.apply
        || (!args.verify && !args.output.json && plan.is_possible() && confirmed(&report, "Carry this out?"));
    if is_told && plan.is_possible() {
        report = apply(&mut maintenance, &plan, args)?;
    }
    if !args.no_trial {
        report.findings.push(attempt(&mut maintenance, &url, args, report.account.as_deref())?);
    }
    Ok(report)
}

/// Carries the plan out and looks again. What was done before an error stays, and the next run continues.
fn apply(maintenance: &mut Maintenance, plan: &Plan, args: &PostgresArgs) -> Result<Report, Failure> {
    let mut statements = plan.statements().iter();
    let result = statements.try_for_each(|statement| maintenance.cure(statement, args.patience()));
    let mut report = Plan::make(maintenance)?.report(maintenance, args);
    match result {
        Ok(()) => {
            report.statements = plan.statements().to_vec();
            report.is_applied = true;
        }
        Err(error) => {
            let advice = match error.state() {
                Some("55P03") => "wait longer with --wait, or find who holds the table in pg_locks",
                Some("42501") => "use an account that may do this",
                _ => "",
            };
            report.findings.push(Finding::problem("change", format!("it failed: {error}"), advice));
        }
    }
    Ok(report)
}

/// Connects as a store does.
pub(crate) fn connect(url: &str, table: Option<&str>) -> Result<Maintenance, Failure> {
    Ok(Maintenance::connect(url, table)?)
}

/// The store itself, as patient as an operator.
pub(crate) fn open(url: &str, table: Option<&str>) -> Result<Arc<PostgresStore>, Failure> {
    const PATIENCE: Duration = Duration::from_secs(30);

    let mut builder = PostgresStore::builder(url).budget(PATIENCE);
    if let Some(table) = table {
        builder = builder.table(table);
    }
    Ok(Arc::new(builder.connect_timeout(PATIENCE / 6).response_timeout(PATIENCE / 2).build_blocking()?))
}

/// Returns the SQL that makes the table, for an operator who applies it by other means. A URL is not needed; if there is
/// one, it names the table.
pub(crate) fn print(args: &PostgresArgs) -> Result<String, Failure> {
    let table = args.table.table.as_deref();
    let schema = if args.table.url.is_given() {
        Schema::of_url(&args.table.url.read()?, table)?
    } else {
        Schema::new(table.unwrap_or("alo_session"))?
    };
    Ok(format!("{};\n{};\n", schema.create_table(), schema.grant(&args.grant)))
}

/// Tries a throw-away session, as the application if its URL is given.
fn attempt(
    maintenance: &mut Maintenance,
    url: &str,
    args: &PostgresArgs,
    account: Option<&str>,
) -> Result<Finding, Failure> {
    const NAME: &str = "trial";
    if !maintenance.compare()?.is_ready() {
        return Ok(Finding::unknown(NAME, "a throw-away session is tried when the table is right"));
    }
    let Some(trial) = Trial::new() else {
        return Ok(Finding::unknown(NAME, "the system has no randomness for a throw-away session"));
    };
    let app_url = args.app_url()?;
    let schema = Schema::of_url(url, args.table.table.as_deref())?;
    let store = open(app_url.as_deref().unwrap_or(url), Some(&schema.table_name()))?;
    let finding = trial.run(&*store, account.unwrap_or_default());
    let removed: Result<(), MaintenanceError> =
        trial.leftovers().iter().try_for_each(|(family, _)| maintenance.forget(family));
    Ok(match removed {
        Err(error) if finding.level == Level::Fine => {
            let seen = format!("the throw-away session could not be removed: {error}");
            Finding::warning(NAME, seen, "it expires within a minute")
        }
        _ => finding,
    })
}
