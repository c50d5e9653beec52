use std::collections::BTreeMap;

use session_sql::maintenance::{Maintenance, MaintenanceError};

use crate::Postgres;

/// What the server says of itself.
///
/// Not exhaustive, because the server knows more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerState {
    /// The version, such as `15.18 (Debian 15.18-0+deb12u1)`.
    pub version: String,
    /// The same as a number: `150018`.
    pub number: u32,
    /// Whether it is a standby, which takes no writes.
    pub is_standby: bool,
    /// Whether the connection is encrypted; `None` if it cannot be told.
    pub is_encrypted: Option<bool>,
    /// Settings that matter, by their names.
    pub settings: BTreeMap<String, String>,
}

impl ServerState {
    pub(super) fn query(maintenance: &mut Maintenance<Postgres>) -> Result<Self, MaintenanceError> {
        const MISSING: &str = "its version";
        let settings = maintenance.ask(
            "SELECT name,setting FROM pg_settings WHERE name IN ('server_version','server_version_num',\
             'default_transaction_read_only','autovacuum','fsync','synchronous_commit','max_connections',\
             'transaction_isolation','full_page_writes')",
            MISSING,
        )?;
        let settings: BTreeMap<String, String> =
            settings.into_iter().filter_map(|[name, value]| Some((name?, value?))).collect();
        let mut ask = |text: &str| -> Result<Option<bool>, MaintenanceError> {
            let row = maintenance.ask(text, "its state")?.into_iter().next();
            Ok(row.and_then(|[value]| value).map(|value| value == "t"))
        };
        let version = settings.get("server_version").cloned();
        let number = settings.get("server_version_num").and_then(|number| number.parse().ok());
        Ok(Self {
            version: version.ok_or(MaintenanceError::unexpected_reply(MISSING))?,
            number: number.ok_or(MaintenanceError::unexpected_reply(MISSING))?,
            is_standby: ask("SELECT pg_is_in_recovery()")? == Some(true),
            is_encrypted: ask("SELECT ssl FROM pg_stat_ssl WHERE pid=pg_backend_pid()")?,
            settings,
        })
    }

    /// Returns whether a setting is on.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.settings.get(name).is_some_and(|value| value == "on")
    }
}
