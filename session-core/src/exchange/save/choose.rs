use crate::{
    Context, Timestamp,
    config::SessionConfig,
    session::{Base, State},
};

use super::new_id::family_of;

/// The row of the table that a session is in.
#[derive(Debug)]
pub(super) enum Choice {
    /// It is stored for the first time.
    Create,
    Commit(Base),
    Touch(Base),
    /// It gets another id of its family.
    Rotate {
        from: Base,
        /// The age of the id is the only reason.
        by_age: bool,
    },
    /// It gets an id of another family.
    ChangeOwner(Base),
    End(Base),
    /// It has no record that this request could read. Those of the cookies are ended.
    Forget,
}

/// Returns `None` if there is nothing to save.
pub(super) fn choose(state: &State, context: &Context, now: Timestamp) -> Option<Choice> {
    let (config, live) = (context.config(), &state.live);
    let Some(base) = &state.base else {
        if state.delta.forgets() && live.is_blank(config) && !state.arrived.others.is_empty() {
            return Some(Choice::Forget);
        }
        let worth_storing = !state.is_ended() && !state.delta.is_empty() && !live.is_blank(config);
        return worth_storing.then_some(Choice::Create);
    };
    if state.delta.destroys() {
        return Some(Choice::End(base.clone()));
    }
    if state.delta.changes_rights() {
        let stays = family_of(live.owner.as_deref(), Some(base), context) == Some(base.key.family);
        return Some(match stays {
            true => Choice::Rotate { from: base.clone(), by_age: false },
            // A sign-out that leaves nothing behind needs no anonymous session.
            false if live.is_blank(config) => Choice::End(base.clone()),
            false => Choice::ChangeOwner(base.clone()),
        });
    }
    let aged =
        |age| base.id.is_some() && !state.head_sent && !state.passive && now.since(live.renewed) >= age;
    if config.rotate_after.is_some_and(aged) {
        return Some(Choice::Rotate { from: base.clone(), by_age: true });
    }
    if !state.delta.is_empty() {
        return Some(Choice::Commit(base.clone()));
    }
    is_due(state, config, now).then(|| Choice::Touch(base.clone()))
}

/// Whether the last use is so long ago that this one must be noted.
pub(in crate::exchange) fn is_due(state: &State, config: &SessionConfig, now: Timestamp) -> bool {
    let Some(base) = state.base.as_ref().filter(|_| !state.passive) else { return false };
    // The deadline of the store does not depend on the clock of the machine that wrote the record.
    now.since(state.live.last_used(config, base.expires)) >= state.live.touch_after(config)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        Visit, exchange,
        id::{CookieId, Generator},
        session::OpenSession,
        store::Revision,
    };

    /// A stored session with an id of this age.
    fn aged(age: Duration) -> (OpenSession, Timestamp) {
        let config = SessionConfig::with(|settings| settings.rotate_after = Some(Duration::from_secs(60)));
        let context = Context::new(config.unwrap());
        let opened = Timestamp::from_millis(0);
        let session = exchange::fresh(&context, &Visit::new(), opened);
        let id = CookieId::generate(context.config().algorithm, None, &Generator).unwrap();
        session.state().base = Some(Base {
            key: *id.key(),
            id: Some(id),
            revision: Revision::default(),
            expires: opened.after(Duration::from_secs(300)),
        });
        (session, opened.after(age))
    }

    fn rotates(session: &OpenSession, now: Timestamp) -> bool {
        let state = session.state();
        match choose(&state, session.context(), now) {
            Some(Choice::Rotate { by_age: true, .. }) => true,
            Some(Choice::Commit(_)) => false,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_id_is_replaced_by_age_only_while_the_browser_can_learn_of_it() {
        let (session, now) = aged(Duration::from_secs(60));
        session.set("name", "Ada").unwrap();
        assert!(rotates(&session, now));
        exchange::head_sent(&session);
        assert!(!rotates(&session, now));
    }
}
