//! What both APIs do when the server is killed or frozen, and when others hold what they need (FAULT-1, FAULT-3).

use std::{
    error::Error as _,
    time::{Duration, Instant},
};

use session_core::store::{Applied, CommitOutcome, StoreError, StoreErrorKind};

use crate::{
    Database, Server as _,
    pair::{BOUND, Pair, patient},
    start,
};

/// Checks what the caller is told. No error shows the password of the tests.
pub fn assert_is(failed: &StoreError, kind: StoreErrorKind, applied: Applied) {
    assert_eq!((failed.kind(), failed.applied()), (kind, applied), "{failed:?}");
    assert!(!format!("{failed} {failed:?}").contains("geheim"), "{failed:?}");
}

/// Checks that both APIs have written.
pub fn assert_written(results: [Result<CommitOutcome, StoreError>; 2]) {
    results.into_iter().for_each(|written| assert_eq!(written.unwrap(), CommitOutcome::Written));
}

/// Nothing is sent while there is no connection.
pub fn a_server_that_is_killed_is_an_error_until_it_is_back<D: Database>(server: &D::Server, url: &str) {
    let stores = Pair::<D::Dialect>::on(url);
    stores.works(1);
    server.kill();
    for _ in 0..3 {
        for failed in stores.load(1) {
            assert_is(&failed.unwrap_err(), StoreErrorKind::Unavailable, Applied::No);
        }
        for failed in stores.create(2) {
            assert_eq!(failed.unwrap_err().kind(), StoreErrorKind::Unavailable);
        }
    }
    for failed in stores.create(2) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::Unavailable, Applied::No);
    }
    server.restart();
    stores.reads(1);
    stores.works(3);
}

/// The server is restarted, or ends all connections of the store by the closure.
pub fn connections_that_died_unseen_cost_no_operation<D: Database>(
    server: &D::Server,
    url: &str,
    end_sessions: impl Fn(),
) {
    let stores = Pair::<D::Dialect>::on(url);
    stores.works(1);
    let restart = || server.restart();
    for end in [&restart as &dyn Fn(), &end_sessions] {
        assert!(stores.load_at_once(1, 8).into_iter().all(|loaded| loaded.is_ok()));
        end();
        for _ in 0..10 {
            stores.reads(1);
        }
        assert!(stores.load_at_once(1, 8).into_iter().all(|loaded| loaded.is_ok()));
        end();
        assert_written(stores.commit(1, 1, 2));
        assert_written(stores.commit(1, 2, 1));
    }
}

/// The attempt recognises itself, whether the first one was applied or not.
pub fn a_server_that_is_frozen_is_a_timeout_of_unknown_outcome<D: Database>(server: &D::Server, url: &str) {
    let stores = Pair::<D::Dialect>::on(url);
    stores.works(1);
    server.freeze();
    for failed in stores.create(2) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::Timeout, Applied::Unknown);
    }
    for failed in stores.load(1) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::Timeout, Applied::No);
    }
    server.thaw();
    stores.works(2);
    stores.works(3);
}

/// The server gives up first, so the connection stays and nothing is left running there. `connections` selects a number for each
/// connection of the store.
pub fn a_row_that_others_hold_is_an_answer_and_keeps_the_connection<D: Database>(
    server: &D::Server,
    url: &str,
    connections: &str,
) {
    let stores = Pair::of(&patient::<D::Dialect>(url).pool_size(1));
    stores.works(1);
    let before = server.sql(connections);
    assert_eq!(before.lines().count(), 2);
    let mut other = D::session(&server.url());
    let [lock, unlock] = D::LOCK;
    let row = ["BEGIN", "SELECT 1 FROM alo_session FOR UPDATE"];
    for (hold, end) in [(&row[..], "ROLLBACK"), (&[lock], unlock)] {
        hold.iter().for_each(|text| other(text));
        for failed in stores.commit(1, 1, 2) {
            assert_is(&failed.unwrap_err(), StoreErrorKind::Timeout, Applied::No);
        }
        other(end);
        assert_eq!(server.sql(connections), before, "{hold:?}");
    }
    assert_written(stores.commit(1, 1, 2));
    stores.works(3);
}

/// Each that gets the only connection holds it for a second, until the server gives up the lock. The others are told that all
/// connections were in use.
pub fn a_pool_that_is_used_up_is_waited_for_in_bounded_time<D: Database>() {
    const TIMES: usize = 8;
    let server = start::<D>(&[]);
    let budget = Duration::from_secs(3);
    let stores = Pair::of(&patient::<D::Dialect>(&server.url()).pool_size(1).budget(budget));
    stores.works(1);
    let mut other = D::session(&server.url());
    let [lock, unlock] = D::LOCK;
    other(lock);
    let began = Instant::now();
    let failed = stores.load_at_once(1, TIMES);
    assert!(began.elapsed() < BOUND);
    for failed in failed.chunks(TIMES) {
        let mut in_vain = 0;
        for failed in failed {
            let failed = failed.as_ref().unwrap_err();
            assert_eq!(failed.applied(), Applied::No);
            let why = failed.source().unwrap().to_string();
            if why.contains("all connections of the pool were in use") {
                assert_eq!(failed.kind(), StoreErrorKind::Overloaded);
                in_vain += 1;
            } else {
                assert_eq!(failed.kind(), StoreErrorKind::Timeout, "{why}");
                assert!(!why.contains("no connection"), "{why}");
            }
        }
        // At most one begins in each second, and one at the end.
        assert!(in_vain + 4 >= TIMES && in_vain < TIMES, "{in_vain} waited in vain");
    }
    other(unlock);
    stores.works(2);
}
