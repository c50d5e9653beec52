//! Tells what a save did, to the log and to the observer.

use super::{Saved, work::Work};
use crate::{
    Context, event,
    id::CookieId,
    observe::{EndedBy, Event},
};

pub(super) fn report(context: &Context, work: &Work, saved: Saved) {
    let from = work.from.as_ref().map(|from| &from.key);
    match (saved, from, work.to.as_ref().map(CookieId::key).or(from)) {
        (Saved::Created, _, Some(key)) => event::created(key),
        (Saved::Committed { merged }, _, Some(key)) => event::saved(key, merged),
        (Saved::Rotated, Some(from), Some(key)) => event::rotated(from, key),
        (Saved::Touched, _, Some(key)) => event::touched(key),
        (Saved::Ended, Some(from), _) => event::destroyed(from),
        _ => {}
    }
    context.observe(|observer| {
        let ended = |session: &_| Event::Ended { session: *session, by: EndedBy::Cap };
        work.evicted
            .iter()
            .map(ended)
            .chain(what_happened(work, saved))
            .for_each(|event| observer.tell(event));
    });
}

fn what_happened(work: &Work, saved: Saved) -> Option<Event> {
    let from = work.from.as_ref().map(|from| from.key.digest.handle());
    let session = work.to.as_ref().map(|to| to.key().digest.handle()).or(from)?;
    let signed_out = || {
        let owner = work.delta.signed_out()?.to_owned();
        Some(Event::LoggedOut { session: from?, owner })
    };
    match (saved, work.live.owner()) {
        (Saved::Created | Saved::Rotated, Some(owner)) if work.delta.signs_in() => {
            Some(Event::LoggedIn { session, owner: owner.to_owned() })
        }
        (Saved::Created, _) => signed_out().or(Some(Event::Created { session })),
        (Saved::Rotated, _) => signed_out().or_else(|| Some(Event::Rotated { session, from: from? })),
        (Saved::Ended, _) if work.already_gone => None,
        (Saved::Ended, _) if work.delta.destroys() => Some(Event::Ended { session, by: EndedBy::Itself }),
        (Saved::Ended, _) => signed_out(),
        _ => None,
    }
}
