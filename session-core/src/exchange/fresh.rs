use std::sync::Arc;

use crate::{
    Context, Timestamp, Visit,
    fingerprint::Fingerprint,
    record::Live,
    session::{Arrival, Arrived, OpenSession, State},
};

/// A session that is not stored yet, for a request without an id. A save stores it if it has values.
#[must_use]
pub fn fresh(context: &Arc<Context>, visit: &Visit<'_>, now: Timestamp) -> OpenSession {
    let arrival = match visit.is_without_cookie(context.config().cookie.same_site) {
        true => Arrival::CrossSite,
        false => Arrival::New,
    };
    unstored(context, visit, now, Arrived::new(arrival))
}

pub(super) fn unstored(
    context: &Arc<Context>,
    visit: &Visit<'_>,
    now: Timestamp,
    arrived: Arrived,
) -> OpenSession {
    let live = Live::new(context.config(), now);
    let fingerprint = Fingerprint::of(visit, context.config());
    let state = State::new(live, None, fingerprint, (visit, context.config()), (arrived, now));
    OpenSession::from_state(Arc::clone(context), state)
}
