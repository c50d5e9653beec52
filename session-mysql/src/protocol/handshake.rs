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
        let complete = format!(
            "SET SESSION {settings},lock_wait_timeout={lock_seconds}\
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
