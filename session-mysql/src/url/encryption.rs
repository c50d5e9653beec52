use session_net::{Parameters, tls::Verification};
use session_sql::{
    BuildError,
    SslMode::{self, Disabled, Encrypted},
    SslWords,
};

/// The names of MySQL's own programs.
pub(super) const WORDS: SslWords = SslWords {
    mode: "ssl-mode",
    parts: ["ssl-ca", "ssl-cert", "ssl-key", "server-name"],
    required: "required",
    full: "verify-identity",
};

const REQUIRED: SslMode = Encrypted(Verification::Nothing);
const VERIFY_IDENTITY: SslMode = Encrypted(Verification::Full);

/// Names that other programs have for a mode, of which only a value that can mean one thing is understood.
const OTHER_NAMES: [(&str, &[(&str, SslMode)]); 14] = [
    ("sslmode", &[]),
    // Go: `true` checks the certificate and the name.
    ("tls", &[("true", VERIFY_IDENTITY), ("false", Disabled), ("skip-verify", REQUIRED)]),
    // Prisma.
    ("sslaccept", &[("strict", VERIFY_IDENTITY), ("accept-invalid-certs", REQUIRED)]),
    // Node.
    ("ssl", &[("false", Disabled), ("{\"rejectunauthorized\":true}", VERIFY_IDENTITY)]),
    ("usessl", &[("false", Disabled)]),
    ("requiressl", &[]),
    ("ssl-disabled", &[("true", Disabled)]),
    ("ssl-verify-identity", &[("true", VERIFY_IDENTITY)]),
    ("ssl-verify-server-cert", &[("true", VERIFY_IDENTITY)]),
    ("ssl-verify-cert", &[]),
    ("verifyservercertificate", &[]),
    ("trustservercertificate", &[]),
    ("require-ssl", &[]),
    ("verify-identity", &[("true", VERIFY_IDENTITY)]),
];

/// Takes the mode by any of its names.
pub(super) fn take_mode(parameters: &mut Parameters) -> Result<Option<SslMode>, BuildError> {
    let mut mode = SslMode::take(parameters, &WORDS)?;
    for (name, values) in OTHER_NAMES {
        let Some(value) = parameters.text(name)? else { continue };
        let value = normal(&value);
        let found = values.iter().find(|(text, _)| *text == value).map(|(_, mode)| *mode);
        let found = match (name, found) {
            ("sslmode", _) => SslMode::new(&value, &WORDS)?,
            (_, Some(found)) => found,
            (_, None) => {
                return Err(BuildError::url(format!(
                    "`{name}` does not say whether the certificate of the server is checked: write \
                     `ssl-mode=verify-identity` (it is) or `ssl-mode=required` (it is not)"
                )));
            }
        };
        if mode.replace(found).is_some() {
            return Err(BuildError::url(format!(
                "`{name}` and another parameter say how to encrypt; `ssl-mode` alone is enough"
            )));
        }
    }
    Ok(mode)
}

/// Without the differences between `VERIFY_CA`, `verify-ca` and `{"a": 1}`, `{"a":1}`.
fn normal(text: &str) -> String {
    text.to_ascii_lowercase().replace('_', "-").replace(' ', "")
}
