//! Any text as an id: an id that is read is written as the same text, so no id has two spellings.

use session_core::id::{Algorithm, CookieId, SessionId};

pub fn run(text: &[u8]) {
    for algorithm in [Algorithm::Sha512, Algorithm::Sha256, Algorithm::Blake3] {
        if let Ok(id) = SessionId::parse(algorithm, text) {
            assert_eq!(id.expose().as_bytes(), text);
            assert_eq!(text.len(), algorithm.characters());
        }
        if let Ok(id) = CookieId::parse(algorithm, text) {
            assert_eq!(id.expose().as_bytes(), text);
            assert!(text.len() <= CookieId::MAX_CHARACTERS);
        }
    }
}
