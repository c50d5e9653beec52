use std::collections::BTreeMap;

use super::{Maintenance, MaintenanceError};

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
    pub(super) fn query(maintenance: &mut Maintenance) -> Result<Self, MaintenanceError> {
        let settings = maintenance.rows(
            "SELECT name,setting FROM pg_settings WHERE name IN ('server_version','server_version_num',\
             'default_transaction_read_only','autovacuum','fsync','synchronous_commit','max_connections',\
             'transaction_isolation','full_page_writes')",
        )?;
        let pair = |row: Vec<Option<String>>| {
            let mut values = row.into_iter().flatten();
            Some((values.next()?, values.next()?))
        };
        let settings: BTreeMap<String, String> = settings.into_iter().filter_map(pair).collect();
        let first = |rows: Vec<Vec<Option<String>>>| rows.into_iter().flatten().flatten().next();
        let standby = first(maintenance.rows("SELECT pg_is_in_recovery()")?);
        let encrypted = maintenance.rows("SELECT ssl FROM pg_stat_ssl WHERE pid=pg_backend_pid()")?;
        let version = settings.get("server_version").cloned();
        let number = settings.get("server_version_num").and_then(|number| number.parse().ok());
        Ok(Self {
            version: version.ok_or(MaintenanceError::unexpected_reply("its version"))?,
            number: number.ok_or(MaintenanceError::unexpected_reply("its version"))?,
            is_standby: standby.as_deref() == Some("t"),
            is_encrypted: first(encrypted).map(|encrypted| encrypted == "t"),
            settings,
        })
    }

    /// Returns whether a setting is on.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.settings.get(name).is_some_and(|value| value == "on")
    }
}
