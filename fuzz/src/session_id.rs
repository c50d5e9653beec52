//! Any text as an id: an id that is read is written as the same text, so no id has two spellings.

use session_core::id::{Algorithm, CookieId, SessionId};

pub fn run(text: &[u8]) {
    if let Ok(id) = SessionId::parse(text) {
        assert_eq!(id.expose().as_bytes(), text);
        assert!([Algorithm::Sha512, Algorithm::Sha256].iter().any(|one| one.characters() == text.len()));
    }
    if let Ok(id) = CookieId::parse(text) {
        assert_eq!(id.expose().as_bytes(), text);
        assert!(text.len() <= CookieId::MAX_CHARACTERS);
    }
}
