use std::time::Duration;

use session_sql::{
    Schema,
    maintenance::{Cure, Maintenance, MaintenanceError},
};

use super::{Database, progress::Bar, table};
use crate::{Failure, Finding, Report};

/// What was found, and every statement that is to follow from it. It is made before anything is changed.
pub(super) struct Plan {
    pub(super) report: Report,
    /// Whether something is to be changed, and may be.
    pub(super) is_possible: bool,
    cure: Option<Cure>,
    /// The statements that follow those of the cure.
    others: Vec<String>,
}

impl Plan {
    /// Looks at everything and changes nothing.
    pub(super) fn make<D: Database>(
        maintenance: &mut Maintenance<D>,
        schema: &Schema<D>,
        args: &D::Args,
    ) -> Result<Self, Failure> {
        let look = D::look(maintenance, schema, args)?;
        let (table, may_block) = (maintenance.compare()?, D::may_block(args));
        let cure = table.cure().cloned();
        let obstacle = if look.obstacle.is_some() {
            look.obstacle
        } else if !table.is_ready() && cure.is_none() {
            Some("the table cannot be altered so that every session stays")
        } else if cure.as_ref().is_some_and(Cure::blocks_writers) && !may_block {
            Some("the server would copy the table, while every writer waits; --block-writers allows it")
        } else {
            None
        };
        let [mut findings, after] = look.findings;
        findings.extend(table::judge::<D>(&table).into_iter().chain(after));
        if let Some(obstacle) = obstacle.filter(|_| !table.is_ready() || !look.statements.is_empty()) {
            findings.push(Finding::problem("change", format!("nothing is changed: {obstacle}"), ""));
        }
        let mut statements = cure.as_ref().map(|cure| cure.statements(may_block)).unwrap_or_default();
        statements.extend(look.statements.iter().cloned());
        let is_possible = obstacle.is_none() && !statements.is_empty();
        let report = Report {
            heading: format!("{} at {}", look.server, maintenance.address()),
            findings,
            statements,
            is_applied: false,
            account: Some(format!("{};", schema.grant(D::grantee(args)))),
        };
        Ok(Self { report, is_possible, cure, others: look.statements })
    }

    /// Carries it out and looks again. What was done before an error stays, and the next run continues.
    pub(super) fn carry_out<D: Database>(
        self,
        maintenance: &mut Maintenance<D>,
        schema: &Schema<D>,
        args: &D::Args,
    ) -> Result<Report, Failure> {
        let result = self.change(maintenance, args);
        let mut report = Self::make(maintenance, schema, args)?.report;
        match result {
            Ok(()) => {
                report.statements = self.report.statements;
                report.is_applied = true;
            }
            Err(error) => {
                let seen = format!("it failed: {error}");
                report.findings.push(Finding::problem("change", seen, &advice::<D>(&error)));
            }
        }
        Ok(report)
    }

    fn change<D: Database>(
        &self,
        maintenance: &mut Maintenance<D>,
        args: &D::Args,
    ) -> Result<(), MaintenanceError> {
        if let Some(cure) = &self.cure {
            let patience = Duration::from_secs(args.as_ref().wait.unwrap_or(D::WAIT).into());
            let mut bar = Bar::default();
            maintenance.cure(cure, D::may_block(args), patience, |part| bar.show(part))?;
        }
        self.others.iter().try_for_each(|statement| maintenance.execute(statement))
    }
}

fn advice<D: Database>(error: &MaintenanceError) -> String {
    match D::change_advice(error) {
        Some(advice) => advice.to_owned(),
        None if error.is_busy() => format!("session-setup {} --apply --wait 300", D::COMMAND),
        None if error.is_denied() => "use an account that may do this".to_owned(),
        None => String::new(),
    }
}
