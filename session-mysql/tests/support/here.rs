use mysql::{Conn, prelude::Queryable as _};
use session_mysql::Mysql;
use session_sqltests::{Database, statements::Count};
use session_testservers::{MariaDb, ServerError, Target};

/// MySQL and MariaDB, for the tests that all databases have in common.
pub(crate) enum Here {}

impl Database for Here {
    type Dialect = Mysql;
    type Server = MariaDb;

    const NAME: &str = "mysql";

    const CONNECTIONS: &str =
        "SELECT id FROM information_schema.processlist WHERE host LIKE '%:%' ORDER BY id";
    // `innodb_trx` would show what it showed before to whoever asks again within 100 ms.
    const WAITING: &str = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'";

    const COUNTING: &[&str] = &[];
    const LOCK: [&str; 2] = ["LOCK TABLES alo_session WRITE", "UNLOCK TABLES"];
    const SCHEMA: &str = MariaDb::DATABASE;

    const MAKE_ROOM: &str = "SET GLOBAL max_connections=4000";

    fn target() -> Result<&'static Target<MariaDb>, ServerError> {
        Target::mysql()
    }

    fn count(server: &MariaDb) -> Count {
        let status = server.sql("SHOW GLOBAL STATUS WHERE variable_name IN ('Com_stmt_execute','Com_begin')");
        let status = status.unwrap();
        let value = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split('\t').nth(1).unwrap().parse().unwrap()
        };
        Count { statements: value("Com_stmt_execute"), transactions: value("Com_begin") }
    }

    fn session(url: &str) -> Box<dyn FnMut(&str)> {
        let mut conn = Conn::new(url).unwrap();
        Box::new(move |text| conn.query_drop(text).unwrap())
    }
}
