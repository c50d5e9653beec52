use session_mysql::maintenance::{Comparison, Cure, EventState, Maintenance, ServerState};

use super::{event, server, table};
use crate::{
    Failure, Finding, Level, Report,
    args::{EventChange, MysqlArgs},
};

/// What was found, and every statement that is to follow from it. It is made before anything is changed.
pub(super) struct Plan {
    server: ServerState,
    table: Comparison,
    event_state: EventState,
    pub(super) cure: Option<Cure>,
    /// The statements that change the event.
    pub(super) event: Vec<String>,
    /// Why nothing may be changed.
    obstacle: Option<&'static str>,
}

impl Plan {
    /// Looks at everything and changes nothing.
    pub(super) fn make(maintenance: &mut Maintenance, args: &MysqlArgs) -> Result<Self, Failure> {
        let server = maintenance.server()?;
        let table = maintenance.compare()?;
        let event_state = maintenance.event()?;
        let (cure, schema) = (table.cure().cloned(), maintenance.schema());
        let event = match args.event() {
            Some(wanted) if event::is_as_wanted(&event_state, wanted) => Vec::new(),
            Some(EventChange::Make { every, batch }) => {
                vec![schema.drop_event(), schema.create_event(every, batch)]
            }
            Some(EventChange::Remove) => vec![schema.drop_event()],
            None => Vec::new(),
        };
        let obstacle = if server::version(&server).level == Level::Problem {
            Some("the server is too old")
        } else if !table.is_ready() && cure.is_none() {
            Some("the table cannot be altered so that every session stays")
        } else if server::is_no_place_for_changes(&server) && !args.force {
            Some("the server is not the one to change; --force does it all the same")
        } else if cure.as_ref().is_some_and(Cure::blocks_writers) && !args.block_writers {
            Some("the server would copy the table, while every writer waits; --block-writers allows it")
        } else {
            None
        };
        Ok(Self { server, table, event_state, cure, event, obstacle })
    }

    /// Whether something is to be changed, and may be.
    pub(super) const fn is_possible(&self) -> bool {
        self.obstacle.is_none() && (self.cure.is_some() || !self.event.is_empty())
    }

    /// Every statement, in order.
    pub(super) fn statements(&self, args: &MysqlArgs) -> Vec<String> {
        let cure = self.cure.iter().map(|cure| {
            if args.block_writers { cure.blocking_statement().to_owned() } else { cure.statement() }
        });
        cure.chain(self.event.iter().cloned()).collect()
    }

    pub(super) fn report(&self, maintenance: &mut Maintenance, args: &MysqlArgs) -> Result<Report, Failure> {
        let mut findings = server::judge(&self.server, maintenance, args.force);
        findings.extend(table::judge(&self.table));
        findings.push(event::judge(&self.event_state, args.event()));
        if let Some(obstacle) = self.obstacle.filter(|_| !self.table.is_ready() || !self.event.is_empty()) {
            findings.push(Finding::problem("change", format!("nothing is changed: {obstacle}"), ""));
        }
        let (user, host) = &args.grant;
        Ok(Report {
            heading: format!("{} at {}", self.server.version, maintenance.address()),
            findings,
            statements: self.statements(args),
            is_applied: false,
            account: Some(format!("{};", maintenance.grant(user, host)?)),
        })
    }
}
