use session_postgres::Postgres;
use session_sqltests::{Database, statements::Count};
use session_testservers::{ServerError, Target};

use super::admin::Admin;

/// PostgreSQL, for the tests that all databases have in common.
pub(crate) enum Here {}

impl Database for Here {
    type Dialect = Postgres;
    type Server = session_testservers::Postgres;

    const NAME: &str = "postgres";

    const CONNECTIONS: &str = "SELECT pid FROM pg_stat_activity WHERE client_port > 0 ORDER BY pid";
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type='Lock'";

    const COUNTING: &[&str] = &["log_statement=all"];
    const LOCK: [&str; 2] = ["BEGIN; LOCK TABLE alo_session", "ROLLBACK"];
    const SCHEMA: &str = "public";

    /// Servers for tests have it.
    const MAKE_ROOM: &str = "";

    fn target() -> Result<&'static Target<Self::Server>, ServerError> {
        Target::postgres()
    }

    fn count(server: &Self::Server) -> Count {
        let lines = |part| u64::try_from(logged(server, part)).unwrap();
        Count { statements: lines("LOG:  execute "), transactions: lines("LOG:  statement: BEGIN") }
    }

    fn session(url: &str) -> Box<dyn FnMut(&str)> {
        let admin = Admin::connect(url).unwrap();
        Box::new(move |text| admin.execute(text))
    }
}

/// How many lines of the server's log have this part; it writes one before it executes a statement.
pub(crate) fn logged(server: &session_testservers::Postgres, part: &str) -> usize {
    let log = std::fs::read_to_string(server.directory().join("server.log")).unwrap();
    log.lines().filter(|line| line.contains(part)).count()
}
