//! A table in a SQL database: looked at, planned, and brought up to date, whatever the database is.

mod plan;
mod progress;
mod table;

use std::time::Duration;

use session_core::id::Family;
use session_sql::{
    Schema,
    blocking::SqlStore,
    maintenance::{Maintained, Maintenance, MaintenanceError},
};

use self::plan::Plan;
use crate::{
    Failure, Finding, Level, Report,
    args::{SetUpArgs, StatsArgs},
    question::confirmed,
    trial::Trial,
};

/// What is different from database to database.
pub(crate) trait Database: Maintained {
    /// Its command.
    const COMMAND: &'static str;

    /// What an operator renames to make room for another table.
    const TABLE: &'static str;

    /// For how many seconds a change waits while other transactions hold the table, unless told otherwise.
    const WAIT: u32;

    /// What its command is told.
    type Args: AsRef<SetUpArgs>;

    /// The account for which to print the least privileges.
    fn grantee(args: &Self::Args) -> &str;

    /// Whether the server may copy the table, while every writer waits.
    fn may_block(_: &Self::Args) -> bool {
        false
    }

    /// Looks at everything but the table, and changes nothing.
    fn look(
        maintenance: &mut Maintenance<Self>,
        schema: &Schema<Self>,
        args: &Self::Args,
    ) -> Result<Look, Failure>;

    /// The SQL beside that of the table, for an operator who applies it by other means.
    fn printed(_: &Schema<Self>, _: &Self::Args) -> Vec<String> {
        Vec::new()
    }

    /// What the URL may lack if the server refuses to be connected to.
    fn connect_advice(_: &MaintenanceError, _url: &str) -> Option<&'static str> {
        None
    }

    /// What to do if the server refuses to change the table.
    fn change_advice(_: &MaintenanceError) -> Option<&'static str> {
        None
    }
}

/// What was found beside the table.
pub(crate) struct Look {
    /// The server's name and version.
    pub(crate) server: String,
    /// Why nothing may be changed, whatever the table is.
    pub(crate) obstacle: Option<&'static str>,
    /// What is to be read before what the table is, and after it.
    pub(crate) findings: [Vec<Finding>; 2],
    /// The statements that follow those on the table.
    pub(crate) statements: Vec<String>,
}

/// The first of all obstacles.
pub(crate) const TOO_OLD: &str = "the server is too old";

/// Looks, shows what to change, and changes it if told to.
pub(crate) fn set_up<D: Database>(args: &D::Args) -> Result<Report, Failure> {
    let common = args.as_ref();
    let (url, table) = (common.table.url.read()?, common.table.table.as_deref());
    let mut maintenance = connect::<D>(&url, table)?;
    let schema = Schema::of_url(&url, table)?;
    let plan = Plan::make(&mut maintenance, &schema, args)?;
    let asks = !common.verify && !common.output.json;
    let is_told = common.apply || (asks && plan.is_possible && confirmed(&plan.report, "Carry this out?"));
    let mut report = match is_told && plan.is_possible {
        true => plan.carry_out(&mut maintenance, &schema, args)?,
        false => plan.report,
    };
    if !common.no_trial {
        let account = report.account.clone().unwrap_or_default();
        report.findings.push(attempt(&mut maintenance, &schema, &url, common, &account)?);
    }
    Ok(report)
}

/// Connects as a store does. An error says what the URL lacks.
pub(crate) fn connect<D: Database>(url: &str, table: Option<&str>) -> Result<Maintenance<D>, Failure> {
    Maintenance::connect(url, table).map_err(|error| match D::connect_advice(&error, url) {
        Some(advice) => Failure::of(format!("{error}; {advice}")),
        None => error.into(),
    })
}

/// The store itself, as patient as an operator.
pub(crate) fn open<D: Database>(url: &str, table: Option<&str>) -> Result<SqlStore<D>, Failure> {
    const PATIENCE: Duration = Duration::from_secs(30);

    let mut builder = SqlStore::<D>::builder(url).budget(PATIENCE);
    if let Some(table) = table {
        builder = builder.table(table);
    }
    Ok(builder.connect_timeout(PATIENCE / 6).response_timeout(PATIENCE / 2).build_blocking()?)
}

/// Returns the SQL that makes the table, for an operator who applies it by other means. A URL is not needed; if there is
/// one, it names the table.
pub(crate) fn print<D: Database>(args: &D::Args) -> Result<String, Failure> {
    let at = &args.as_ref().table;
    let schema: Schema<D> = if at.url.is_given() {
        Schema::of_url(&at.url.read()?, at.table.as_deref())?
    } else {
        Schema::new(at.table.as_deref().unwrap_or("alo_session"))?
    };
    let mut statements = vec![schema.create_table()];
    statements.extend(D::printed(&schema, args));
    statements.push(schema.grant(D::grantee(args)));
    Ok(statements.into_iter().map(|statement| statement + ";\n").collect())
}

/// Prints what is in the table.
pub(crate) fn count<D: Database>(url: &str, args: &StatsArgs) -> Result<(), Failure> {
    let mut maintenance = connect::<D>(url, args.table.table.as_deref())?;
    if args.exact {
        println!("{}", maintenance.stats()?);
    } else {
        println!("{}", maintenance.estimate()?);
    }
    Ok(())
}

/// Returns the next families of owners. One without a session when the walk passes has none that must end, and one with a
/// session is met.
pub(crate) fn owners<D: Database>(
    url: &str,
    table: Option<&str>,
) -> Result<impl FnMut(Option<Family>) -> Result<Vec<Family>, Failure> + use<D>, Failure> {
    let mut maintenance = connect::<D>(url, table)?;
    Ok(move |last| Ok(maintenance.owners_after(last)?))
}

/// Tries a throw-away session, as the application if its URL is given.
fn attempt<D: Database>(
    maintenance: &mut Maintenance<D>,
    schema: &Schema<D>,
    url: &str,
    args: &SetUpArgs,
    account: &str,
) -> Result<Finding, Failure> {
    const NAME: &str = "trial";
    if !maintenance.compare()?.is_ready() {
        return Ok(Finding::unknown(NAME, "a throw-away session is tried when the table is right"));
    }
    let Some(trial) = Trial::new() else {
        return Ok(Finding::unknown(NAME, "the system has no randomness for a throw-away session"));
    };
    let app_url = args.app_url()?;
    let store = open::<D>(app_url.as_deref().unwrap_or(url), Some(&schema.table_name()))?;
    let finding = trial.run(&store, account);
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
