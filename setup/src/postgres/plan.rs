use session_postgres::maintenance::{Comparison, Maintenance, ServerState};

use super::{server, table};
use crate::{Failure, Finding, Level, Report, args::PostgresArgs};

/// What was found, and every statement that is to follow from it. It is made before anything is changed.
pub(super) struct Plan {
    server: ServerState,
    table: Comparison,
    /// Why nothing may be changed.
    obstacle: Option<&'static str>,
}

impl Plan {
    /// Looks at everything and changes nothing.
    pub(super) fn make(maintenance: &mut Maintenance) -> Result<Self, Failure> {
        let (server, table) = (maintenance.server()?, maintenance.compare()?);
        let obstacle = if server::version(&server).level == Level::Problem {
            Some("the server is too old")
        } else if !table.is_ready() && table.cure().is_empty() {
            Some("the table cannot be altered so that every session stays")
        } else if server::writes(&server).level == Level::Problem {
            Some("the server takes no writes")
        } else {
            None
        };
        Ok(Self { server, table, obstacle })
    }

    /// Whether something is to be changed, and may be.
    pub(super) fn is_possible(&self) -> bool {
        self.obstacle.is_none() && !self.table.cure().is_empty()
    }

    /// Every statement, in order.
    pub(super) fn statements(&self) -> &[String] {
        self.table.cure()
    }

    pub(super) fn report(&self, maintenance: &Maintenance, args: &PostgresArgs) -> Report {
        let mut findings = server::judge(&self.server, maintenance);
        findings.extend(table::judge(&self.table));
        if let Some(obstacle) = self.obstacle.filter(|_| !self.table.is_ready()) {
            findings.push(Finding::problem("change", format!("nothing is changed: {obstacle}"), ""));
        }
        Report {
            heading: format!("PostgreSQL {} at {}", self.server.version, maintenance.address()),
            findings,
            statements: self.statements().to_vec(),
            is_applied: false,
            account: Some(format!("{};", maintenance.schema().grant(&args.grant))),
        }
    }
}
