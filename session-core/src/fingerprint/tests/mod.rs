mod agents;
mod laws;
mod stored;

use super::{Fingerprint, FingerprintMismatch, check};
use crate::{
    config::{FingerprintProperty, SessionConfig},
    visit::Visit,
};

fn config(properties: impl IntoIterator<Item = FingerprintProperty>) -> SessionConfig {
    SessionConfig::with(|settings| settings.fingerprint.properties = properties.into_iter().collect())
        .unwrap()
}

const SALT: [u8; 4] = *b"salt";

/// Whether a request gets the session that began with another one.
fn follows(first: &Visit<'_>, next: &Visit<'_>, config: &SessionConfig) -> Result<(), FingerprintMismatch> {
    let stored = note(None, first, config);
    check(stored.as_deref(), Fingerprint::of(next, config).as_ref(), config).map(|_| ())
}

/// What a write of this request stores.
fn note(stored: Option<&[u8]>, visit: &Visit<'_>, config: &SessionConfig) -> Option<Vec<u8>> {
    super::note(stored, Fingerprint::of(visit, config).as_ref(), config, SALT).map(|piece| piece.to_vec())
}
