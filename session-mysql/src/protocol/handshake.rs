use std::time::Duration;

/// The statements that begin each connection, so that nothing depends on how the server is set up.
pub(crate) fn handshake(budget: Duration) -> Vec<String> {
    // With a budget above one second, the server stops waiting for a lock before the operation's time is over.
    let lock_timeout = (budget.as_secs() / 2).max(1);
    vec![
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(),
        format!(
            "SET SESSION autocommit=1,sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',\
             innodb_lock_wait_timeout={lock_timeout}"
        ),
    ]
}
