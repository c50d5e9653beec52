//! Any changes of a session, replayed on the record of another request: they have the same effect there, for their own keys
//! alone, however often they are replayed, in any order of the keys, and never twice.

mod change;
mod site;
mod snapshot;

use session_core::{
    SessionError, ValueError,
    exchange::{Answer, Call, Exchange as _, Saved, Step},
    store::{Applied, CommitOutcome, StoreError, StoreErrorKind},
};

use crate::source::Source;
use change::{Change, Made};
use site::Site;
use snapshot::Snapshot;

/// Three requests: one that made the session, one that comes between, and one whose changes are replayed.
pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    let site = Site::of(source.byte());
    let [first, theirs, mine] = [(); 3].map(|()| changes(&mut source));
    let (base, before) = site.create(&first);
    let (fresh, after) = site.commit(&base, &before, &theirs);
    replay(&site, &base, &before, &fresh, &after, &mine);
    in_another_order(&site, &base, &fresh, &mine);
    in_two_steps(&site, &base, &before, &mine);
    after_a_lost_answer(&site, &base, &before, &theirs, &mine);
    nothing(&site, &base, &before);
}

fn changes(source: &mut Source<'_>) -> Vec<Change> {
    (0..source.byte() % 12).map(|_| Change::from(source.array())).collect()
}

/// After a conflict the change is made on the fresh record, and again after a second conflict.
fn replay(
    site: &Site,
    base: &site::Kept,
    before: &Snapshot,
    fresh: &site::Kept,
    after: &Snapshot,
    mine: &[Change],
) {
    let session = site.open(base);
    let made = change::make_all(mine, &session, &mut before.clone());
    let Some(mut saving) = site.begin_save(&session) else { return assert!(made.is_empty()) };
    let mut expected = after.clone();
    let possible = made.iter().all(|made| made.replay(&mut expected));
    for round in 1..=2 {
        let conflict = Answer::Commit(CommitOutcome::Conflict(fresh.stored(round)));
        saving = match saving.answer(Ok(conflict)) {
            Ok(Step::Ask(saving)) => saving,
            Err(SessionError::Value(ValueError::Decode { .. })) => {
                return assert!(!possible, "it could be made");
            }
            other => panic!("{other:?}"),
        };
        assert!(possible, "a value was read that is none");
        let written = site.written(&saving, fresh.stored(round).revision);
        let found = site.look(&written);
        assert_eq!(found, expected, "replayed {round} times");
        keeps_others(&made, after, &found);
    }
    let settled = match saving.answer(Ok(Answer::Commit(CommitOutcome::Written))) {
        Ok(Step::Done(settled)) => settled,
        other => panic!("{other:?}"),
    };
    assert_eq!(settled.saved, Saved::Committed { merged: 2 });
    assert_eq!(Snapshot::of(&session), expected, "the handle shows what is stored");
}

/// Keys that were not changed keep the values of the other request.
fn keeps_others(made: &[Made], after: &Snapshot, found: &Snapshot) {
    if made.iter().any(|made| matches!(made, Made::Clear)) {
        return;
    }
    for (key, value) in &after.values {
        if !made.iter().any(|made| made.key() == Some(*key)) {
            assert_eq!(found.values.get(key), Some(value), "a key of another request is lost");
        }
    }
}

/// Changes of different keys may be made in any order.
fn in_another_order(site: &Site, base: &site::Kept, fresh: &site::Kept, mine: &[Change]) {
    if mine.iter().any(|change| matches!(change, Change::Clear)) {
        return;
    }
    let mut sorted = mine.to_vec();
    sorted.sort_by_key(Change::place);
    let [one, two] = [mine, &sorted].map(|changes| {
        let session = site.open(base);
        change::make_all(changes, &session, &mut site.look(base));
        let saving = site.begin_save(&session)?;
        match saving.answer(Ok(Answer::Commit(CommitOutcome::Conflict(fresh.stored(1))))) {
            Ok(Step::Ask(saving)) => Some(site.look(&site.written(&saving, fresh.stored(1).revision))),
            _ => None,
        }
    });
    assert_eq!(one, two);
}

/// A save between the changes makes no difference.
fn in_two_steps(site: &Site, base: &site::Kept, before: &Snapshot, mine: &[Change]) {
    let (session, mut expected) = (site.open(base), before.clone());
    let (mut kept, half) = (base.clone(), mine.len() / 2);
    for part in [&mine[..half], &mine[half..]] {
        change::make_all(part, &session, &mut expected);
        assert_eq!(Snapshot::of(&session), expected);
        if let Some(saving) = site.begin_save(&session) {
            kept = site.written(&saving, kept.revision);
            match saving.answer(Ok(Answer::Commit(CommitOutcome::Written))) {
                Ok(Step::Done(settled)) => assert_eq!(settled.saved, Saved::Committed { merged: 0 }),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(site.look(&kept), expected);
    }
}

/// A change that was stored although its answer was lost is not made again.
fn after_a_lost_answer(
    site: &Site,
    base: &site::Kept,
    before: &Snapshot,
    theirs: &[Change],
    mine: &[Change],
) {
    let (session, mut model) = (site.open(base), before.clone());
    change::make_all(mine, &session, &mut model);
    let Some(saving) = site.begin_save(&session) else { return };
    let applied = site.written(&saving, base.revision);
    let (top, expected) = site.commit(&applied, &model, theirs);
    let lost = StoreError::new(StoreErrorKind::Timeout, Applied::Unknown);
    let Ok(Step::Ask(saving)) = saving.answer(Err(lost)) else { panic!("it is tried again") };
    let answer = if top.revision == applied.revision {
        CommitOutcome::Written
    } else {
        CommitOutcome::Conflict(top.stored(0))
    };
    match saving.answer(Ok(Answer::Commit(answer))) {
        Ok(Step::Done(settled)) => assert_eq!(settled.saved, Saved::Committed { merged: 0 }),
        other => panic!("{other:?}"),
    }
    assert_eq!(Snapshot::of(&session), expected, "a change was made twice");
}

/// A request that changed nothing writes nothing, except for the time of its use.
fn nothing(site: &Site, base: &site::Kept, before: &Snapshot) {
    let session = site.open(base);
    assert_eq!(Snapshot::of(&session), *before);
    assert!(site.begin_save(&session).is_none());
    match session_core::exchange::finish(&session, site.later()) {
        Ok(Step::Done(settled)) => assert_eq!(settled.saved, Saved::Nothing),
        Ok(Step::Ask(saving)) => match saving.call() {
            Call::Touch { expected, .. } => assert_eq!(expected, base.revision),
            Call::Commit { .. } => {
                assert_eq!(site.look(&site.written(&saving, base.revision)), *before);
            }
            other => panic!("{other:?}"),
        },
        Err(error) => panic!("{error}"),
    }
}
