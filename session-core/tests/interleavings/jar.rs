//! The cookie of the browser after its responses have arrived, in every order in which they can.

use std::collections::BTreeSet;

use session_core::cookie::SetCookie;

use crate::explore::Outcome;

/// The cookies that the browser can hold in the end; an empty one if it holds none.
pub(crate) fn jars<'a>(original: &[u8], responses: impl Iterator<Item = &'a Outcome>) -> BTreeSet<Vec<u8>> {
    let settled = responses.filter_map(|outcome| outcome.settled.as_ref()?.as_ref().ok());
    let changes: Vec<_> = settled.filter_map(|settled| change(&settled.cookie)).collect();
    // Only the last response that changes the cookie counts.
    if changes.is_empty() { [original.to_vec()].into() } else { changes.into_iter().collect() }
}

fn change(set: &SetCookie) -> Option<Vec<u8>> {
    match set {
        SetCookie::Keep => None,
        SetCookie::Remove => Some(Vec::new()),
        SetCookie::Set { .. } => cookie(set),
    }
}

/// The `Cookie` header that the browser sends after this `Set-Cookie`.
pub(crate) fn cookie(set: &SetCookie) -> Option<Vec<u8>> {
    match set {
        SetCookie::Set { id, .. } => Some(format!("AloSession={}", id.expose().as_str()).into_bytes()),
        SetCookie::Keep | SetCookie::Remove => None,
    }
}
