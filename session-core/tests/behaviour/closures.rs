//! The closure of an `update` may read the session whenever it runs: no lock is held meanwhile.

use std::{sync::mpsc, thread};

use session_core::{
    OpenSession, SessionError,
    exchange::{Exchange as _, Step, finish},
};

use crate::site::{Site, config, seconds};

/// An update that reads another key of the session each time it runs.
fn update_by_reading(session: &OpenSession) {
    let clone = session.clone();
    let add = move |total: &mut u32| *total += clone.get::<u32>("n").unwrap().unwrap_or(0);
    session.update("total", add).unwrap();
}

/// Fails instead of hanging if the work never ends.
fn ends(work: impl FnOnce() + Send + 'static) {
    let (done, wait) = mpsc::channel();
    let worker = thread::spawn(move || {
        work();
        done.send(()).unwrap();
    });
    assert!(
        wait.recv_timeout(seconds(60)) != Err(mpsc::RecvTimeoutError::Timeout),
        "a closure waits for a lock"
    );
    worker.join().unwrap();
}

#[test]
fn an_update_made_during_a_save_may_read_the_session_when_it_is_replayed() {
    ends(|| {
        let mut site = Site::with_session(config());
        let session = site.open();
        session.set("name", "Ada").unwrap();
        let Ok(Step::Ask(saving)) = finish(&session, site.now()) else { panic!("it was changed") };
        update_by_reading(&session);
        let answer = site.world(|world| world.perform(&saving.call()));
        assert!(matches!(saving.answer(Ok(answer)), Ok(Step::Done(_))));
        assert_eq!(session.get::<u32>("total").unwrap(), Some(1));
        site.save(&session).unwrap();
        assert_eq!(site.open().get::<u32>("total").unwrap(), Some(1));
    });
}

#[test]
fn an_update_beside_a_lost_claim_may_read_the_session_when_it_is_replayed() {
    ends(|| {
        let mut site = Site::with_session(config());
        let session = site.open();
        let text = session.tokens().create("order", None).unwrap();
        site.save(&session).unwrap();
        let (slow, fast) = (site.open(), site.open());
        slow.tokens().claim("order", text.as_str()).unwrap();
        update_by_reading(&slow);
        fast.tokens().claim("order", text.as_str()).unwrap();
        site.save(&fast).unwrap();
        let lost = site.save(&slow);
        assert!(matches!(lost, Err(SessionError::TokenSpent)), "{lost:?}");
        assert_eq!(slow.get::<u32>("total").unwrap(), Some(1));
        site.save(&slow).unwrap();
        assert_eq!(site.open().get::<u32>("total").unwrap(), Some(1));
    });
}
