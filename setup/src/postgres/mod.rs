//! What an operator sees of PostgreSQL alone.

mod server;

use session_postgres::{Postgres, Schema, maintenance::Maintenance};

use crate::{
    Failure, Level,
    args::PostgresArgs,
    sql::{Database, Look, TOO_OLD},
};

pub(crate) fn is_url(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

impl Database for Postgres {
    const COMMAND: &'static str = "postgres";
    const TABLE: &'static str = "the table and its index";
    /// Everyone waits behind the one who waits for the table.
    const WAIT: u32 = 5;

    type Args = PostgresArgs;

    fn grantee(args: &PostgresArgs) -> &str {
        &args.grant
    }

    fn look(maintenance: &mut Maintenance, _: &Schema, _: &PostgresArgs) -> Result<Look, Failure> {
        let server = maintenance.server()?;
        let obstacle = if server::version(&server).level == Level::Problem {
            Some(TOO_OLD)
        } else {
            (server::writes(&server).level == Level::Problem).then_some("the server takes no writes")
        };
        Ok(Look {
            server: format!("PostgreSQL {}", server.version),
            obstacle,
            findings: [server::judge(&server, maintenance), Vec::new()],
            statements: Vec::new(),
        })
    }
}
