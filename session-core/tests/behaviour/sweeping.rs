//! Collecting keeps pace with what sessions, sign-ins and rotations leave, and nobody waits for it twice.

use session_core::{
    observe::{Event, observer},
    store::{Applied, StoreErrorKind},
};

use crate::{
    site::{Site, config, seconds, with},
    support::Shared,
};

/// A week of a site: visitors that come once, and users who sign in and work for some hours with an id that rotates.
/// Returns the most rows at a time, and how many were written.
fn week(sweep_one_in: u32) -> (usize, usize) {
    let mut site = Site::new(with(|settings| {
        settings.sweep_one_in = sweep_one_in;
        settings.rotate_after = Some(seconds(900));
        settings.idle = seconds(1800);
    }));
    let (mut most, mut written) = (0, 0);
    // Each step is a quarter of an hour: twenty visitors, two users who begin, and those of the last three hours at work.
    let mut users: Vec<Site> = Vec::new();
    for _ in 0..7 * 24 * 4 {
        for _ in 0..20 {
            let mut visitor = site.elsewhere();
            let session = visitor.open();
            session.set("n", 1).unwrap();
            visitor.save(&session).unwrap();
        }
        for _ in 0..2 {
            let mut user = site.elsewhere();
            let session = user.open();
            session.set("n", 1).unwrap();
            user.save(&session).unwrap();
            user.sign_in("ada");
            users.push(user);
        }
        let gone = users.len().saturating_sub(24);
        users.drain(..gone);
        for user in &mut users {
            let session = user.open();
            user.save(&session).unwrap();
        }
        written += 20 + 2 * 2 + users.len();
        site.pass(900);
        most = most.max(site.world(|world| world.rows()));
        site.calls();
    }
    site.cookie.clear();
    (most, written)
}

#[test]
#[allow(clippy::print_stdout, reason = "the figures are a part of what it shows")]
fn rows_stay_bounded_for_every_setting() {
    for sweep_one_in in [1, 10, 100, 1000, 3000] {
        let (most, written) = week(sweep_one_in);
        println!("one in {sweep_one_in}: {written} rows written in a week, at most {most} at a time");
        // At most 160 are alive. What is dead waits for the next sweep, a few times as long as the mean with bad luck.
        assert!(most < 400 + 8 * sweep_one_in as usize, "one in {sweep_one_in}: {most} of {written}");
        assert!(sweep_one_in > 100 || most < written / 20, "{most} of {written}");
    }
    let (most, written) = week(0);
    assert!(most > written / 2, "without sweeping they stay: {most} of {written}");
}

#[test]
fn every_write_that_adds_a_row_sweeps() {
    let (observer, mut events) = observer(64);
    let mut site = Site::new(with(|settings| {
        settings.sweep_one_in = 1;
        settings.idle = seconds(600);
        settings.rotate_after = Some(seconds(60));
    }));
    let store = Shared::default();
    site.sessions = session_core::blocking::Sessions::with_context(store, site.context().observed(observer));
    let session = site.open();
    session.set("n", 1).unwrap();
    site.save(&session).unwrap();
    assert_eq!(site.calls(), ["create", "sweep"]);
    site.sign_in("ada");
    assert_eq!(site.calls(), ["load", "create", "delete", "sweep"]);
    site.pass(300);
    let session = site.open();
    site.save(&session).unwrap();
    assert_eq!(site.calls(), ["load", "rotate", "sweep"]);
    session.set("n", 2).unwrap();
    site.save(&session).unwrap();
    assert_eq!(site.calls(), ["commit"]);
    let swept = std::iter::from_fn(|| events.try_next()).filter(|event| matches!(event, Event::Swept { .. }));
    assert_eq!(swept.count(), 1, "the tombstone of the sign-in had expired");
}

#[test]
fn a_full_batch_is_followed_by_another() {
    let site = Site::new(with(|settings| settings.sweep_one_in = 0));
    for _ in 0..5000 {
        let mut visitor = site.elsewhere();
        let session = visitor.open();
        session.set("n", 1).unwrap();
        visitor.save(&session).unwrap();
    }
    site.pass(300);
    let mut site = site.reconfigured(with(|settings| settings.sweep_one_in = 300));
    site.calls();
    let calls = loop {
        site.cookie.clear();
        site.sign_in("ada");
        let calls = site.calls();
        if calls.contains(&"sweep") {
            break calls;
        }
    };
    assert_eq!(calls, ["create", "sweep", "sweep"]);
    let swept = 5000 - site.world(|world| world.rows() - world.sessions().len());
    assert_eq!(swept, 4 * 300);
}

#[test]
fn what_is_best_effort_is_tried_once() {
    for (kind, applied) in
        [(StoreErrorKind::Timeout, Applied::Unknown), (StoreErrorKind::Unavailable, Applied::No)]
    {
        let mut site = Site::with_session(with(|settings| settings.sweep_one_in = 1));
        // A reader whose deadline cannot be extended.
        site.pass(60);
        let session = site.open();
        site.calls();
        site.world(|world| world.failures = vec![(kind, applied); 3]);
        site.save(&session).unwrap();
        assert_eq!(site.world(|world| world.failures.len()), 2, "touched once");
        site.world(|world| world.failures.clear());
        // A session start whose sweep fails.
        let mut other = site.elsewhere();
        let session = other.open();
        session.set("n", 2).unwrap();
        site.world(|world| world.broken = Some("sweep"));
        other.save(&session).unwrap();
        site.world(|world| world.broken = None);
        assert_eq!(other.n(), Some(2));
        assert!(!session_core::exchange::needs_save(&session, other.now()));
    }
}

#[test]
fn the_repetitions_of_one_call_are_not_those_of_the_next() {
    let lost = (StoreErrorKind::Timeout, Applied::Unknown);
    let site = Site::with_session(config());
    let session = site.open();
    session.login("ada").unwrap();
    // Two lost answers of the create, and two of the delete.
    site.world(|world| world.failures = vec![lost; 2]);
    let mut step = session_core::exchange::finish(&session, site.now()).unwrap();
    let (mut creates, mut deletes) = (0, 0);
    loop {
        use session_core::{
            exchange::{Exchange as _, Step},
            store::Operation,
        };
        match step {
            Step::Done(_) => break,
            Step::Ask(saving) => {
                let operation = saving.call().operation();
                if operation == Operation::Delete && deletes == 0 {
                    site.world(|world| world.failures = vec![lost; 2]);
                }
                creates += u32::from(operation == Operation::Create);
                deletes += u32::from(operation == Operation::Delete);
                let answer = site.world(|world| world.try_perform(&saving.call()));
                step = saving.answer(answer).unwrap();
            }
        }
    }
    assert_eq!((creates, deletes), (3, 3));
    assert_eq!((session.owner().as_deref(), session.get::<u32>("n").unwrap()), (Some("ada"), Some(1)));
}
