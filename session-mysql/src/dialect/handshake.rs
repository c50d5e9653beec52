use std::time::Duration;

/// The statements that begin each connection, so that nothing depends on how the server is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handshake {
    /// Everything in one statement.
    pub(crate) complete: String,
    /// What is necessary, for a server or proxy that refuses the complete one.
    pub(crate) necessary: [String; 2],
}

impl Handshake {
    /// The client waits for a reply for `patience`; the server gives up earlier, so that a lock ends in an answer, the
    /// connection stays, and no forgotten statement is left behind.
    pub(crate) fn new(patience: Duration) -> Self {
        let settings = settings(patience);
        let lock_seconds = lock_seconds(patience);
        let millis = (patience * 9 / 10).as_millis().max(1);
        let seconds = millis as f64 / 1000.0;
        // MariaDB passes over what MySQL 8 and newer execute, and MySQL over what only MariaDB executes.
        // In UTC no hour is left out or repeated while a statement waits.
        let complete = format!(
            "SET SESSION {settings},time_zone='+00:00',lock_wait_timeout={lock_seconds}\
             /*!80000 ,transaction_isolation='READ-COMMITTED',max_execution_time={millis}*/\
             /*M! ,tx_isolation='READ-COMMITTED',max_statement_time={seconds}*/"
        );
        Self { complete, necessary: necessary(&settings) }
    }

    /// For statements that take as long as they take.
    #[cfg(feature = "blocking")]
    pub(crate) fn without_limits() -> [String; 2] {
        necessary(&settings(Duration::from_secs(10)))
    }
}

fn necessary(settings: &str) -> [String; 2] {
    ["SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(), format!("SET SESSION {settings}")]
}

fn settings(patience: Duration) -> String {
    format!(
        "autocommit=1,sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',innodb_lock_wait_timeout={}",
        lock_seconds(patience)
    )
}

/// The server knows whole seconds only, and one at least.
fn lock_seconds(patience: Duration) -> u64 {
    (patience.as_secs() / 2).max(1)
}

#[cfg(all(test, feature = "blocking"))]
mod tests {
    use mysql::{Conn, prelude::Queryable as _};
    use session_testservers::MariaDb;

    use super::*;

    /// What the server holds afterwards, by the names of MariaDB and of MySQL.
    const ASK: [&str; 2] = [
        "SELECT CONCAT_WS(' ', @@tx_isolation, @@autocommit+0, @@sql_mode, @@innodb_lock_wait_timeout, \
         @@lock_wait_timeout, @@max_statement_time)",
        "SELECT CONCAT_WS(' ', @@transaction_isolation, @@autocommit+0, @@sql_mode, @@innodb_lock_wait_timeout, \
         @@lock_wait_timeout, @@max_execution_time)",
    ];

    /// `SESSION_TEST_MYSQL_URL` asks another server.
    #[test]
    fn one_statement_sets_all_that_the_server_knows() {
        let server = MariaDb::start().unwrap();
        let url = std::env::var("SESSION_TEST_MYSQL_URL").unwrap_or_else(|_| server.url());
        let mut conn = Conn::new(&*url).unwrap();
        let version: String = conn.query_first("SELECT VERSION()").unwrap().unwrap();
        let is_mariadb = version.contains("MariaDB");
        let [ours, theirs] = ASK;
        let ask = if is_mariadb { ours } else { theirs };
        for (millis, locks, seconds, of_mysql) in
            [(1500, 1, "1.350000", 1350), (100, 1, "0.090000", 90), (20_000, 10, "18.000000", 18_000)]
        {
            conn.query_drop(Handshake::new(Duration::from_millis(millis)).complete).unwrap();
            let limit = if is_mariadb { seconds.to_owned() } else { of_mysql.to_string() };
            let expected =
                format!("READ-COMMITTED 1 STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION {locks} {locks} {limit}");
            assert_eq!(conn.query_first::<String, _>(ask).unwrap().unwrap(), expected, "{version}");
        }
        for statement in Handshake::without_limits() {
            conn.query_drop(statement).unwrap();
        }
    }
}
