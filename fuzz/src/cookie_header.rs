//! Any bytes as Cookie headers: every id that is found was sent in its one spelling, and a valid id among them is found.

use std::sync::LazyLock;

use session_core::{
    SessionConfig, Visit,
    id::{Algorithm, CookieId, Generator},
    internal::candidates,
};

static CONFIG: LazyLock<SessionConfig> =
    LazyLock::new(|| SessionConfig::with(|settings| settings.algorithm = Algorithm::Sha256).unwrap());
static PLANTED: LazyLock<CookieId> =
    LazyLock::new(|| CookieId::generate(Algorithm::Sha256, None, &Generator).unwrap());

pub fn run(input: &[u8]) {
    let headers: Vec<_> = input.split(|byte| *byte == b'\n').collect();
    let visit = headers.iter().fold(Visit::new(), |visit, header| visit.cookie(header));
    let found = candidates(&visit, &CONFIG);
    assert!(found.len() <= 8);
    for (at, id) in found.iter().enumerate() {
        let text = id.expose();
        let is_there = |header: &&[u8]| header.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(headers.iter().any(is_there), "an id that nobody sent");
        assert!(!found[..at].contains(id), "an id twice");
    }
    if input.len() < 32_000 {
        plant(input);
    }
}

/// Puts an id after the first half of the bytes, as a browser with many cookies does.
fn plant(input: &[u8]) {
    let (before, after) = input.split_at(input.len() / 2);
    let cookie = format!(";AloSession={};", PLANTED.expose().as_str());
    let header = [before, cookie.as_bytes(), after].concat();
    let found = candidates(&Visit::new().cookie(&header), &CONFIG);
    assert!(found.contains(&PLANTED) || found.len() == 8, "the id is lost among other cookies");
}
