use session_net::{Parameters, tls::Tls};
use session_sql::{BuildError, SslMode, SslWords};

use super::invalid;

/// The names of libpq.
const WORDS: SslWords = SslWords {
    mode: "sslmode",
    parts: ["sslrootcert", "sslcert", "sslkey", "server-name"],
    required: "require",
    full: "verify-full",
};

/// Takes what concerns TLS. `None` is a plain connection, which only a URL without any part of TLS means.
pub(super) fn take_tls(has_socket: bool, parameters: &mut Parameters) -> Result<Option<Tls>, BuildError> {
    let mode = parameters.text(WORDS.mode)?.map(|value| SslMode::new(&value, &WORDS)).transpose()?;
    if parameters.text("channel-binding")?.is_some_and(|value| value == "require") {
        return Err(invalid(
            "`channel_binding=require` is not offered: write `sslmode=verify-full`, by which the server proves itself",
        ));
    }
    SslMode::tls(mode, &WORDS, has_socket, parameters)
}
