use std::time::Duration;

use super::{
    SessionError,
    work::{Stage, Tombstone, Work},
};
use crate::{
    Context, Timestamp,
    config::SessionConfig,
    id::{CookieId, Family},
    record::Record,
    session::{Origin, Session, State},
    store::Revision,
};

/// What is to be done to the store.
pub(super) enum Plan {
    Nothing,
    /// The session was opened outside HTTP and is not to be saved.
    Withheld,
    Work(Box<Work>),
}

/// How long the tombstone of a superseded id tells late requests what became of it.
const SUPERSEDED_TTL: Duration = Duration::from_secs(60);

/// How often a call of unknown outcome is repeated.
pub(super) const REPEATS: u32 = 2;

/// Decides what saving the session comes to.
pub(super) fn plan(session: &Session, now: Timestamp) -> Result<Plan, SessionError> {
    let context = session.context();
    let state = session.state();
    let Some(stage) = stage(&state, context.config(), now) else {
        return Ok(Plan::Nothing);
    };
    if state.outside_http && !context.config().save_outside_http && stage != Stage::End {
        return Ok(Plan::Withheld);
    }
    let mut work = Box::new(Work {
        stage,
        following: false,
        now,
        delta: state.delta.clone(),
        from: state.origin.clone(),
        to: None,
        cap: None,
        live: state.live.clone(),
        fingerprint: state.fingerprint,
        next: Revision::default(),
        data: Vec::new(),
        ttl: state.live.ttl(context.config(), now),
        written: Revision::default(),
        tombstone: Tombstone::default(),
        by_age: stage == Stage::Rotate && !state.delta.changes_rights(),
        renew_cookie: renews_cookie(&state, context.config(), now),
        conflicts_left: context.config().conflict_retries,
        repeats_left: REPEATS,
        unknown: false,
        merged: 0,
        already_gone: false,
        evicted: Vec::new(),
        failure: None,
    });
    drop(state);
    if let Some(origin) = &work.from {
        work.live.lineage = work.live.lineage.extended(origin.revision);
    }
    if matches!(stage, Stage::Rotate | Stage::Create) {
        assign_id(&mut work, context)?;
    }
    match stage {
        // A request that only read must not fail for it.
        Stage::Mark if work.prepare(context).is_err() => return Ok(Plan::Nothing),
        Stage::Commit | Stage::Rotate | Stage::Create => work.prepare(context)?,
        _ => {}
    }
    Ok(Plan::Work(work))
}

/// Whether there is nothing to be saved: no change, no deadline that is due, no older save that is unfinished.
pub(crate) fn is_settled(session: &Session, now: Timestamp) -> bool {
    let state = session.state();
    !state.saving && state.unsettled.is_none() && stage(&state, session.context().config(), now).is_none()
}

/// Gives the session a new id and decides what is left under the old one.
pub(super) fn assign_id(work: &mut Work, context: &Context) -> Result<(), SessionError> {
    let config = context.config();
    let family = family_of(work.live.owner(), work.from.as_ref(), config);
    let to = CookieId::generate(config.algorithm, family, context.entropy())?;
    let (record, ttl) = if work.by_age {
        let grace_until = work.now.after(config.grace);
        (Record::Moved { to: to.key().digest, grace_until }, config.grace.saturating_add(config.idle))
    } else {
        (Record::Superseded, SUPERSEDED_TTL)
    };
    if work.from.is_some() {
        work.tombstone = Tombstone::new(&record, ttl, context)?;
    }
    work.cap = config.cap().filter(|_| to.key().is_owned());
    work.to = Some(to);
    Ok(())
}

fn stage(state: &State, config: &SessionConfig, now: Timestamp) -> Option<Stage> {
    let Some(origin) = &state.origin else {
        let worth_storing = !state.is_ended() && !state.delta.is_empty() && !state.live.is_blank(config);
        return worth_storing.then_some(Stage::Create);
    };
    if state.delta.destroys() {
        return Some(Stage::End);
    }
    if state.delta.changes_rights() {
        let stays = family_of(state.live.owner(), Some(origin), config) == Some(origin.key.family);
        return Some(match stays {
            true => Stage::Rotate,
            // A sign-out that leaves nothing behind needs no anonymous session.
            false if state.live.is_blank(config) => Stage::End,
            false => Stage::Create,
        });
    }
    let aged = |age| origin.id.is_some() && !state.answered && now.since(state.live.renewed) >= age;
    if config.rotate_after.is_some_and(aged) {
        return Some(Stage::Rotate);
    }
    if !state.delta.is_empty() {
        return Some(Stage::Commit);
    }
    let capped = state.live.ttl(config, now) < state.live.idle(config);
    match is_due(state, config, now) {
        true if !capped => Some(Stage::Touch),
        // The deadline cannot tell when it was last used, and its owner may want to know.
        true if origin.key.is_owned() => Some(Stage::Mark),
        _ => None,
    }
}

/// Whether its last use is so long ago that the deadline, and the browser's copy of it, is to be renewed.
fn is_due(state: &State, config: &SessionConfig, now: Timestamp) -> bool {
    let (Some(origin), live) = (&state.origin, &state.live) else { return false };
    // By the store's clock, whatever the one of the machine that wrote it said; where the absolute deadline cuts the
    // idle one, that cannot tell.
    let used = match live.ttl(config, now) < live.idle(config) {
        true => live.last_seen(config, origin.expires),
        false => origin.expires.before(live.idle(config)),
    };
    now.since(used) >= live.touch_after(config)
}

fn renews_cookie(state: &State, config: &SessionConfig, now: Timestamp) -> bool {
    state.delta.changes_lifetime() || state.live.is_persistent(config) && is_due(state, config, now)
}

/// The family the session belongs to; none if it founds its own.
fn family_of(owner: Option<&str>, from: Option<&Origin>, config: &SessionConfig) -> Option<Family> {
    match owner {
        Some(owner) => Some(Family::of_owner(owner, config.secret.as_deref())),
        None => from.map(|origin| origin.key.family).filter(|family| !family.is_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Visit, id::Generator, session::Origin};

    /// A stored session whose id is `age` old.
    fn aged(age: Duration) -> (Session, Timestamp) {
        let config = SessionConfig::with(|settings| settings.rotate_after = Some(Duration::from_secs(60)));
        let context = Context::new(config.unwrap());
        let opened = Timestamp::from_millis(0);
        let session = Session::fresh(&context, &Visit::new(), opened);
        let id = CookieId::generate(context.config().algorithm, None, &Generator).unwrap();
        session.state().origin = Some(Origin {
            key: *id.key(),
            id: Some(id),
            revision: Revision::default(),
            expires: opened.after(Duration::from_secs(300)),
        });
        (session, opened.after(age))
    }

    fn planned(session: &Session, now: Timestamp) -> Option<Stage> {
        stage(&session.state(), session.context().config(), now)
    }

    #[test]
    fn an_id_is_replaced_by_age_only_while_the_browser_can_learn_of_it() {
        let (session, now) = aged(Duration::from_secs(60));
        session.set("name", "Ada").unwrap();
        assert_eq!(planned(&session, now), Some(Stage::Rotate));
        session.set_answered();
        assert_eq!(planned(&session, now), Some(Stage::Commit));
    }
}
