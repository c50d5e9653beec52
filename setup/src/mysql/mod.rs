//! A table in MySQL or MariaDB: looked at, planned, and brought up to date.

mod apply;
mod event;
mod plan;
mod print;
mod question;
mod server;
mod table;

use std::{sync::Arc, time::Duration};

use session_mysql::{
    blocking::MysqlStore,
    maintenance::{Maintenance, MaintenanceError},
};

use self::plan::Plan;
pub(crate) use self::{print::print, question::confirmed};
use crate::{Failure, Finding, Level, Report, args::MysqlArgs, trial::Trial};

/// Looks, shows what to change, and changes it if told to.
pub(crate) fn set_up(args: &MysqlArgs) -> Result<Report, Failure> {
    let url = args.table.url.read()?;
    let mut maintenance = connect(&url, args.table.table.as_deref())?;
    let plan = Plan::make(&mut maintenance, args)?;
    let mut report = plan.report(&mut maintenance, args)?;
    let is_told = args.apply
        || (!args.verify && !args.output.json && plan.is_possible() && {
            confirmed(&report, "Carry this out?")
        });
    if is_told && plan.is_possible() {
        report = apply::apply(&mut maintenance, &plan, args)?;
    }
    if !args.no_trial {
        report.findings.push(attempt(&mut maintenance, &url, args, report.account.as_deref())?);
    }
    Ok(report)
}

/// Connects as a store does. An error says what the URL lacks.
pub(crate) fn connect(url: &str, table: Option<&str>) -> Result<Maintenance, Failure> {
    // What MySQL and what MariaDB answer if they take encrypted connections only.
    const TLS_REQUIRED: [u16; 2] = [3159, 1045];

    Maintenance::connect(url, table).map_err(|error| match error.code() {
        Some(code) if TLS_REQUIRED.contains(&code) && !url.contains("ssl-mode=") => Failure::of(format!(
            "{error}; if the server or the account takes encrypted connections only, \
             add `?ssl-mode=verify-identity` to the URL"
        )),
        _ => error.into(),
    })
}

/// The store itself, as patient as an operator.
pub(crate) fn open(url: &str, table: Option<&str>) -> Result<Arc<MysqlStore>, Failure> {
    const PATIENCE: Duration = Duration::from_secs(30);

    let mut builder = MysqlStore::builder(url).budget(PATIENCE);
    if let Some(table) = table {
        builder = builder.table(table);
    }
    Ok(Arc::new(builder.connect_timeout(PATIENCE / 6).response_timeout(PATIENCE / 2).build_blocking()?))
}

/// Tries a throw-away session, as the application if its URL is given.
fn attempt(
    maintenance: &mut Maintenance,
    url: &str,
    args: &MysqlArgs,
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
    let schema = session_mysql::Schema::of_url(url, args.table.table.as_deref())?;
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
