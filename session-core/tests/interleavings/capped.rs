//! Two requests under a cap of one session, while Ada signs in on another device.

use std::{num::NonZeroU32, sync::Arc};

use session_core::{Context, SessionError, config::Settings, id::Family, store::OnFull};

use crate::{
    explore::{Handler, Outcome, explore},
    say,
    scenario::{Kind, Start, live_keys, open},
    support::World,
};

fn all(kinds: &[Kind], faults: usize, on_full: OnFull) -> u64 {
    let handlers: Vec<_> =
        std::iter::once(Handler::Elsewhere).chain(kinds.iter().map(|kind| kind.handler())).collect();
    let starts = Start::ALL.into_iter().map(|start| {
        let end = |context: &_, world: &_, cookie: &_, outcomes: &_| {
            check(start, on_full, context, world, cookie, kinds, outcomes);
        };
        let capped = |settings: &mut Settings| {
            settings.max_sessions = Some(NonZeroU32::MIN);
            settings.on_full = on_full;
        };
        explore(&|| start.prepare_with(capped), &handlers, faults, &end)
    });
    starts.sum()
}

fn check(
    start: Start,
    on_full: OnFull,
    context: &Arc<Context>,
    world: &World,
    original: &[u8],
    kinds: &[Kind],
    outcomes: &[Outcome],
) {
    let run = || format!("{start:?} {on_full:?} elsewhere, {kinds:?}: {outcomes:?}");
    for owner in ["ada", "bob"] {
        let family = Family::of_owner(owner, None);
        let live = live_keys(world).into_iter().filter(|key| key.family == family).count();
        assert!(live <= 1, "{owner} has {live} sessions at a cap of one: {}", run());
    }
    for outcome in outcomes {
        match &outcome.settled {
            None | Some(Ok(_) | Err(SessionError::Gone)) => {}
            Some(Err(SessionError::Full)) if on_full == OnFull::Refuse => {}
            Some(Err(SessionError::TokenSpent)) => {}
            Some(Err(SessionError::Store(_) | SessionError::Unknown)) if outcome.faulted => {}
            Some(Err(error)) => panic!("{error:?}: {}", run()),
        }
    }
    let signed_in_elsewhere = matches!(outcomes.first(), Some(Outcome { settled: Some(Ok(_)), .. }));
    if start.owned && signed_in_elsewhere && on_full == OnFull::EvictOldest {
        let back = open(context, world, original).filter(|(_, session)| session.owner().is_some());
        assert!(back.is_none(), "an evicted session came back: {}", run());
    }
    let refused = matches!(outcomes.first(), Some(Outcome { settled: Some(Err(SessionError::Full)), .. }));
    let undisturbed =
        kinds.iter().all(|kind| matches!(kind, Kind::Read | Kind::SetA | Kind::SetB | Kind::Update));
    if refused && undisturbed {
        assert!(start.owned, "refused, although no user was signed in: {}", run());
    }
}

#[test]
fn a_cap_holds_in_every_order_of_a_sign_in_elsewhere_and_one_or_two_requests() {
    for on_full in [OnFull::EvictOldest, OnFull::Refuse] {
        let (mut faulty, mut runs) = (0, 0);
        for (at, one) in Kind::ALL.into_iter().enumerate() {
            faulty += all(&[one], 1, on_full);
            for two in Kind::ALL.into_iter().skip(at) {
                runs += all(&[one, two], 0, on_full);
            }
        }
        say(&format!(
            "a sign-in elsewhere at a cap ({on_full:?}): {runs} interleavings with two requests, {faulty} with one and a fault"
        ));
        assert!(runs > 10_000 && faulty > 1_000);
    }
}
