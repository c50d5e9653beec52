use session_core::{
    SessionError,
    exchange::{Answer, Exchange as _, Saved, Step, finish},
    store::{Applied, CommitOutcome, StoreErrorKind},
};

use crate::site::{Site, config, with};

fn fail(site: &Site, times: usize, applied: Applied) {
    site.world(|world| world.failures = vec![(StoreErrorKind::Unavailable, applied); times]);
}

#[test]
fn a_store_that_cannot_be_read_is_an_error_and_no_empty_session() {
    for applied in [Applied::No, Applied::Unknown] {
        let site = Site::with_session(config());
        fail(&site, 1, applied);
        assert!(matches!(site.try_open(), Err(SessionError::Store(_))));
        assert_eq!(site.n(), Some(1));
    }
}

#[test]
fn a_write_that_failed_is_an_error_and_may_be_saved_again() {
    for (times, applied) in [(1, Applied::No), (3, Applied::Unknown)] {
        let mut site = Site::with_session(config());
        let session = site.open();
        session.update("n", |n: &mut u32| *n += 1).unwrap();
        fail(&site, times, applied);
        assert!(matches!(site.save(&session), Err(SessionError::Store(_))));
        session.set("later", 1).unwrap();
        site.save(&session).unwrap();
        assert_eq!((site.n(), site.open().get("later")), (Some(2), Ok(Some(1))), "{applied:?}");
    }
}

#[test]
fn a_lost_answer_is_found_out_by_asking_again() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.update("n", |n: &mut u32| *n += 1).unwrap();
    fail(&site, 1, Applied::Unknown);
    site.save(&session).unwrap();
    assert_eq!(site.calls(), ["load", "commit", "commit"]);
    assert_eq!(site.n(), Some(2));
}

#[test]
fn a_refused_repeat_does_not_hide_that_the_first_try_may_have_been_applied() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.update("n", |n: &mut u32| *n += 1).unwrap();
    // The list is taken from its end: the answer of the first try is lost, its repetitions are refused.
    let refused = (StoreErrorKind::Overloaded, Applied::No);
    site.world(|world| world.failures = vec![refused, refused, (StoreErrorKind::Timeout, Applied::Unknown)]);
    let error = site.save(&session).unwrap_err();
    assert!(matches!(&error, SessionError::Store(error) if error.applied() == Applied::Unknown), "{error}");
    session.set("later", 1).unwrap();
    site.save(&session).unwrap();
    assert_eq!((site.n(), site.open().get("later")), (Some(2), Ok(Some(1))), "the change was made twice");
}

#[test]
fn a_lost_commit_is_recognised_under_those_that_others_built_on_it() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.update("n", |n: &mut u32| *n += 1).unwrap();
    fail(&site, 3, Applied::Unknown);
    assert!(site.save(&session).is_err());
    for _ in 0..7 {
        let other = site.open();
        other.set("other", 1).unwrap();
        site.save(&other).unwrap();
    }
    assert_eq!(site.save(&session).unwrap().saved, Saved::Committed { merged: 0 });
    assert_eq!((site.n(), session.get("other")), (Some(2), Ok(Some(1))));
}

#[test]
fn a_commit_that_the_store_repeated_by_itself_is_recognised_too() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.update("n", |n: &mut u32| *n += 1).unwrap();
    let Ok(Step::Ask(saving)) = finish(&session, site.now()) else { panic!("there is something to save") };
    // The first try is applied and its answer is lost. Another request writes before the second try.
    site.world(|world| world.try_perform(&saving.call())).unwrap();
    let other = site.open();
    other.set("other", 1).unwrap();
    site.save(&other).unwrap();
    let answer = site.world(|world| world.try_perform(&saving.call()));
    assert!(matches!(answer, Ok(Answer::Commit(CommitOutcome::Conflict(_)))));
    let Ok(Step::Done(settled)) = saving.answer(answer) else { panic!("it was made") };
    assert_eq!(settled.saved, Saved::Committed { merged: 0 });
    assert_eq!((site.n(), site.open().get("other")), (Some(2), Ok(Some(1))), "the change was made twice");
}

#[test]
fn when_more_was_written_since_than_the_lineage_remembers_the_caller_is_told() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.update("n", |n: &mut u32| *n += 1).unwrap();
    fail(&site, 3, Applied::Unknown);
    assert!(site.save(&session).is_err());
    for _ in 0..9 {
        let other = site.open();
        other.set("other", 1).unwrap();
        site.save(&other).unwrap();
    }
    for _ in 0..2 {
        assert!(matches!(site.save(&session), Err(SessionError::Unknown)));
        assert_eq!(site.n(), Some(2), "and it is not done twice");
    }
}

#[test]
fn a_deadline_that_cannot_be_extended_does_not_fail_a_request_that_only_read() {
    let mut site = Site::with_session(config());
    site.pass(100);
    let session = site.open();
    fail(&site, 1, Applied::No);
    assert_eq!(site.save(&session).unwrap().saved, Saved::Nothing);
    assert_eq!(site.n(), Some(1));
}

#[test]
fn a_sign_in_that_fails_halfway_leaves_no_session_with_rights() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.login("ada").unwrap();
    // The list is taken from its end: the create succeeds, the old record cannot be deleted, the new one can.
    site.world(|world| world.failures.clear());
    let step = finish(&session, site.now()).unwrap();
    let mut step = step;
    let mut asked = 0;
    let error = loop {
        use session_core::exchange::{Exchange, Step};
        let Step::Ask(saving) = step else { panic!("saved") };
        asked += 1;
        let answer = if asked == 2 {
            Err(session_core::store::StoreError::new(StoreErrorKind::Unavailable, Applied::No))
        } else {
            site.world(|world| world.try_perform(&saving.call()))
        };
        match saving.answer(answer) {
            Ok(next) => step = next,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, SessionError::Store(_)), "{error}");
    assert_eq!(site.world(|world| world.sessions().len()), 1);
    assert_eq!((site.n(), site.open().owner()), (Some(1), None));
    assert_eq!(site.save(&session).unwrap().saved, Saved::Rotated, "and it may be tried again");
}

#[test]
fn writers_that_always_lose_are_told_so() {
    let mut site = Site::with_session(with(|settings| settings.conflict_retries = 2));
    let loser = site.open();
    loser.set("mine", 1).unwrap();
    use session_core::exchange::{Exchange, Step, finish};
    let mut step = finish(&loser, site.now()).unwrap();
    let error = loop {
        let Step::Ask(saving) = step else { panic!("saved") };
        let winner = site.open();
        winner.set("theirs", 1).unwrap();
        site.save(&winner).unwrap();
        let answer = site.world(|world| world.try_perform(&saving.call()));
        match saving.answer(answer) {
            Ok(next) => step = next,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, SessionError::Conflict { attempts: 2 }), "{error}");
    assert!(!site.open().contains("mine"));
}

#[test]
fn two_saves_of_one_session_at_a_time_do_not_do_the_same_twice() {
    use session_core::exchange::{Exchange, Step, finish};
    let mut site = Site::with_session(config());
    let session = site.open();
    session.update("n", |n: &mut u32| *n += 1).unwrap();
    let Step::Ask(saving) = finish(&session, site.now()).unwrap() else { panic!("nothing to save") };
    assert!(matches!(site.save(&session.clone()), Err(SessionError::Busy)));
    let answer = site.world(|world| world.try_perform(&saving.call()));
    assert!(matches!(saving.answer(answer), Ok(Step::Done(_))));
    assert_eq!(site.save(&session).unwrap().saved, Saved::Nothing);
    assert_eq!(site.n(), Some(2));
}
