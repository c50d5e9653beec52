use session_net::{LimitSettings, UrlLogin, tls::Tls};

use crate::ServerAddress;

/// What the URL of a server says.
#[derive(Debug)]
pub struct UrlSettings {
    /// Where the server is.
    pub server: ServerAddress,
    /// The user and the password.
    pub login: UrlLogin,
    /// The table.
    pub table: Option<String>,
    /// How to encrypt.
    pub tls: Option<Tls>,
    /// How long to wait, and how many connections there are.
    pub limits: LimitSettings,
}
