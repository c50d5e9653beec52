//! What an operator sees of MySQL or MariaDB alone: its event, and a server of many kinds.

mod event;
mod server;

use session_mysql::{
    Event, Mysql, Schema,
    maintenance::{EventState, Maintenance, MaintenanceError},
};

use crate::{
    Failure, Level,
    args::{EventChange, MysqlArgs},
    sql::{Database, Look, TOO_OLD},
};

pub(crate) fn is_url(url: &str) -> bool {
    url.starts_with("mysql:") || url.starts_with("mariadb:")
}

impl Database for Mysql {
    const COMMAND: &'static str = "mysql";
    const TABLE: &'static str = "the table";
    const WAIT: u32 = 30;

    type Args = MysqlArgs;

    fn grantee(args: &MysqlArgs) -> &str {
        &args.grant
    }

    fn may_block(args: &MysqlArgs) -> bool {
        args.block_writers
    }

    fn look(maintenance: &mut Maintenance, schema: &Schema, args: &MysqlArgs) -> Result<Look, Failure> {
        let (server, event) = (maintenance.server()?, Event::of(schema));
        let state = EventState::query(maintenance, &event)?;
        let wanted = args.event().filter(|wanted| !event::is_as_wanted(&state, *wanted));
        let statements = wanted.map(|wanted| event::statements(&event, wanted)).unwrap_or_default();
        let obstacle = if server::version(&server).level == Level::Problem {
            Some(TOO_OLD)
        } else {
            let is_wrong = server::is_no_place_for_changes(&server) && !args.force;
            is_wrong.then_some("the server is not the one to change; --force does it all the same")
        };
        Ok(Look {
            obstacle,
            findings: [
                server::judge(&server, maintenance, args.force),
                vec![event::judge(&state, args.event())],
            ],
            statements,
            server: server.version,
        })
    }

    /// The statements of an event end with semicolons, so the client needs another delimiter around it.
    fn printed(schema: &Schema, args: &MysqlArgs) -> Vec<String> {
        let mut statements =
            args.event().map(|wanted| event::statements(&Event::of(schema), wanted)).unwrap_or_default();
        if let Some(EventChange::Make { .. }) = args.event()
            && let Some(create) = statements.last_mut()
        {
            *create = format!("DELIMITER //\n{create}//\nDELIMITER ");
        }
        statements
    }

    fn connect_advice(error: &MaintenanceError, url: &str) -> Option<&'static str> {
        // What MySQL and what MariaDB answer if they take encrypted connections only.
        let may_need_tls = matches!(error.code(), Some(3159 | 1045)) && !url.contains("ssl-mode=");
        may_need_tls.then_some(
            "if the server or the account takes encrypted connections only, add `?ssl-mode=verify-identity` to the URL",
        )
    }

    fn change_advice(error: &MaintenanceError) -> Option<&'static str> {
        // The server cannot do it in place, or not without a lock.
        let must_block = matches!(error.code(), Some(1845 | 1846));
        must_block.then_some("session-setup mysql --apply --block-writers, at a quiet hour")
    }
}
