use std::{net::SocketAddr, time::Duration};

use session_sql::StoreOptions;

use super::Prepared;
use crate::url::PREPARED;

/// What begins each connection, and each transaction where nothing lasts longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handshake {
    prepared: Prepared,
    port: u16,
    /// The settings of a session, by name.
    settings: [(&'static str, String); 5],
}

/// The two ends of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ends {
    Tcp { ours: SocketAddr, theirs: SocketAddr },
    Unix,
}

impl Handshake {
    /// The client waits for a reply for `patience`; the server gives up earlier, so that a lock ends in an answer, the
    /// connection stays, and no forgotten statement is left behind.
    pub(crate) fn new(options: &StoreOptions) -> Self {
        let patience = options.limits.patience();
        let millis = |time: Duration| time.as_millis().max(1).to_string();
        Self {
            prepared: options.server.parameter(PREPARED).and_then(Prepared::of).unwrap_or_default(),
            port: options.server.port,
            settings: [
                ("default_transaction_isolation", "read committed".to_owned()),
                ("lock_timeout", millis(patience / 2)),
                ("statement_timeout", millis(patience * 9 / 10)),
                // A program that vanished in a transaction holds the row of an owner no longer than this.
                ("idle_in_transaction_session_timeout", millis(options.limits.budget + IDLE)),
                ("jit", "off".to_owned()),
            ],
        }
    }

    /// The one statement that sets up a connection, and returns a row if it did. It does nothing if something is between both
    /// ends, which may give the server's connection to other programs as well. `None` if nothing is to be asked.
    pub(crate) fn begin_session(&self, ends: Ends) -> Option<String> {
        let is_direct = match (self.prepared, ends) {
            (Prepared::Never, _) => return None,
            (Prepared::Always, _) => "true".to_owned(),
            // Whoever is between has a connection of its own to the server.
            (Prepared::Auto, Ends::Tcp { ours, theirs }) => format!(
                "inet_client_addr()='{}' AND inet_client_port()={} AND inet_server_port()={}",
                ours.ip(),
                ours.port(),
                theirs.port()
            ),
            (Prepared::Auto, Ends::Unix) => {
                format!("inet_client_port() IS NULL AND current_setting('port')='{}'", self.port)
            }
        };
        let settings = self.settings.each_ref();
        let settings = settings.map(|(name, value)| format!("set_config('{name}','{value}',false)"));
        Some(format!("SELECT {} WHERE {is_direct}", settings.join(",")))
    }

    /// Begins a transaction where the connection has no settings of its own.
    pub(crate) fn begin_transaction(&self) -> String {
        let settings = self.settings.iter().skip(1);
        settings
            .fold(super::BEGIN.to_owned(), |text, (name, value)| format!("{text};SET LOCAL {name}='{value}'"))
    }
}

/// How much longer than an operation a transaction may be idle.
const IDLE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Builder;

    fn handshake(parameters: &str) -> Handshake {
        let url = format!("postgres://h:5433/d?response-timeout=1s&{parameters}");
        Handshake::new(&Builder::new(&url).options().unwrap())
    }

    #[test]
    fn one_statement_asks_and_sets() {
        let ends =
            Ends::Tcp { ours: "10.0.0.7:41000".parse().unwrap(), theirs: "10.0.0.9:5432".parse().unwrap() };
        let settings = "SELECT set_config('default_transaction_isolation','read committed',false),\
                        set_config('lock_timeout','500',false),set_config('statement_timeout','900',false),\
                        set_config('idle_in_transaction_session_timeout','12000',false),set_config('jit','off',false) WHERE ";
        let direct = "inet_client_addr()='10.0.0.7' AND inet_client_port()=41000 AND inet_server_port()=5432";
        assert_eq!(handshake("").begin_session(ends).unwrap(), format!("{settings}{direct}"));
        let unix = handshake("prepared=auto").begin_session(Ends::Unix).unwrap();
        assert_eq!(unix, format!("{settings}inet_client_port() IS NULL AND current_setting('port')='5433'"));
        assert_eq!(handshake("prepared=always").begin_session(ends).unwrap(), format!("{settings}true"));
        assert_eq!(handshake("prepared=never").begin_session(ends), None);
    }

    #[test]
    fn a_transaction_behind_a_pooler_sets_what_a_session_would() {
        assert_eq!(
            handshake("").begin_transaction(),
            "BEGIN ISOLATION LEVEL READ COMMITTED;SET LOCAL lock_timeout='500';SET LOCAL statement_timeout='900';\
             SET LOCAL idle_in_transaction_session_timeout='12000';SET LOCAL jit='off'"
        );
    }
}
