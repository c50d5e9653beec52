//! Owners under concurrency, through the driver: the cap is exact, and what ended all ended all that there was.

use std::{
    collections::HashSet,
    num::NonZeroU32,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::SystemTime,
};

use session_core::{
    OpenSession, SessionConfig, SessionError, Timestamp, Visit, blocking::Sessions, cookie::SetCookie,
    exchange::set_cookie, id::SessionHandle, store::OnFull,
};
use session_memory::MemoryStore;

const CAP: usize = 5;
const SIGN_INS: usize = 50;
const THREADS: usize = 4;

fn sessions(on_full: Option<OnFull>) -> Sessions<MemoryStore> {
    let config = SessionConfig::with(|settings| {
        settings.max_sessions = on_full.and(NonZeroU32::new(5));
        settings.on_full = on_full.unwrap_or_default();
    });
    Sessions::new(MemoryStore::new(), config.unwrap())
}

fn now() -> Timestamp {
    SystemTime::now().into()
}

/// Signs Ada in from a browser that was there before; answers whom that ended.
fn sign_in(sessions: &Sessions<MemoryStore>) -> Result<(OpenSession, Vec<SessionHandle>), SessionError> {
    let session = sessions.open(&Visit::new(), now())?;
    session.set("cart", "apples")?;
    sessions.save(&session, now())?;
    session.login("ada")?;
    let evicted = sessions.save(&session, now())?.evicted;
    Ok((session, evicted))
}

fn listed(sessions: &Sessions<MemoryStore>) -> HashSet<SessionHandle> {
    sessions.of("ada", now()).unwrap().iter().map(|info| info.handle).collect()
}

#[test]
fn the_cap_is_exact_while_sign_ins_race_and_each_ended_session_is_told_once() {
    let sessions = sessions(Some(OnFull::EvictOldest));
    let told = Mutex::new((HashSet::new(), HashSet::new()));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                assert!(listed(&sessions).len() <= CAP);
            }
        });
        let workers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..SIGN_INS {
                        let (session, evicted) = sign_in(&sessions).unwrap();
                        let (signed_in, ended) = &mut *told.lock().unwrap();
                        signed_in.insert(session.id_handle().unwrap());
                        evicted.into_iter().for_each(|handle| assert!(ended.insert(handle), "told twice"));
                    }
                })
            })
            .collect();
        let failed = workers.into_iter().any(|worker| worker.join().is_err());
        done.store(true, Ordering::Relaxed);
        assert!(!failed);
    });
    let (signed_in, ended) = &*told.lock().unwrap();
    assert_eq!((signed_in.len(), ended.len()), (THREADS * SIGN_INS, THREADS * SIGN_INS - CAP));
    assert_eq!(signed_in - ended, listed(&sessions));
}

#[test]
fn of_racing_sign_ins_as_many_are_let_in_as_may() {
    let sessions = sessions(Some(OnFull::Refuse));
    let outcomes: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS * CAP).map(|_| scope.spawn(|| sign_in(&sessions))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), CAP);
    assert!(
        outcomes
            .iter()
            .filter_map(|outcome| outcome.as_ref().err())
            .all(|error| matches!(error, SessionError::Full))
    );
    assert_eq!(listed(&sessions).len(), CAP);
}

#[test]
fn nothing_that_was_there_survives_the_end_of_all_while_requests_race() {
    let sessions = sessions(None);
    let cookies = Mutex::new(Vec::new());
    let done = AtomicBool::new(false);
    let work = |worker: usize| {
        let mut round = worker;
        while !done.load(Ordering::Relaxed) {
            let (session, _) = sign_in(&sessions).unwrap();
            // What is in flight may be refused, but may not come back.
            for _ in 0..3 {
                round += 1;
                let SetCookie::Set { id, .. } = set_cookie(&session) else { panic!("signed in") };
                cookies.lock().unwrap().push(format!("AloSession={}", id.expose().as_str()));
                let change = match round % 3 {
                    0 => session.set("n", round),
                    1 => session.rotate(),
                    _ => session.login("ada"),
                };
                change.unwrap();
                if sessions.save(&session, now()).is_err() {
                    break;
                }
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|worker| {
                let work = &work;
                scope.spawn(move || work(worker))
            })
            .collect();
        let mut checked = 0;
        while checked < 5_000 && !workers.iter().any(thread::ScopedJoinHandle::is_finished) {
            let before = std::mem::take(&mut *cookies.lock().unwrap());
            sessions.end_all("ada").unwrap();
            for cookie in &before {
                let session = sessions.open(&Visit::new().cookie(cookie.as_bytes()), now()).unwrap();
                let alive = !session.is_new();
                done.fetch_or(alive, Ordering::Relaxed);
                assert!(!alive, "a session outlived the end of all");
            }
            checked += before.len();
        }
        done.store(true, Ordering::Relaxed);
        assert!(checked >= 5_000, "a worker failed");
    });
}
