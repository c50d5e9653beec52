//! What is counted, under which labels, and that the store answers as if nobody counted.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on may panic")]

use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    pin::pin,
    task::{Context as TaskContext, Poll, Waker},
};

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use session_core::{
    SessionConfig, Sessions, Timestamp, Visit, blocking,
    store::{OnFull, StoreErrorKind},
};
use session_memory::MemoryStore;
use session_metrics::Metered;

fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// How often each operation had each outcome, and of how many durations were noted.
fn counted(run: impl FnOnce()) -> BTreeMap<String, (u64, usize)> {
    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, run);
    let mut counted: BTreeMap<_, (u64, usize)> = BTreeMap::new();
    for (key, _, _, value) in recorder.snapshotter().snapshot().into_vec() {
        let labels: Vec<_> = key.key().labels().map(|label| (label.key(), label.value())).collect();
        let [("backend", "memory"), ("operation", operation), ("outcome", outcome)] = labels[..] else {
            panic!("{labels:?}");
        };
        let entry = counted.entry(format!("{operation} {outcome}")).or_default();
        match (key.key().name(), value) {
            ("session_store_calls_total", DebugValue::Counter(count)) => entry.0 = count,
            ("session_store_call_seconds", DebugValue::Histogram(values)) => entry.1 = values.len(),
            other => panic!("{other:?}"),
        }
    }
    counted
}

fn config() -> SessionConfig {
    SessionConfig::with(|settings| {
        settings.max_sessions = Some(NonZeroU32::MIN);
        settings.on_full = OnFull::EvictOldest;
        settings.sweep_one_in = 0;
    })
    .unwrap()
}

#[test]
fn both_faces_count_each_call_once_under_its_outcome() {
    let now = Timestamp::from_millis(1_000_000);
    let forged = format!("AloSession={}", "A".repeat(86));
    let visit = Visit::new().cookie(forged.as_bytes());
    let blocking = counted(|| {
        let sessions = blocking::Sessions::new(Metered::new(MemoryStore::new(), "memory"), config());
        for _ in 0..2 {
            let session = sessions.open(&visit, now).unwrap();
            session.login("ada").unwrap();
            sessions.save(&session, now).unwrap();
        }
        assert_eq!(sessions.of("ada", now).unwrap().len(), 1);
        assert_eq!((sessions.end_all("ada").unwrap(), sessions.end_all("ada").unwrap()), (1, 0));
    });
    let nonblocking = counted(|| {
        let sessions = Sessions::new(Metered::new(MemoryStore::new(), "memory"), config());
        for _ in 0..2 {
            let session = ready(sessions.open(&visit, now)).unwrap();
            session.login("ada").unwrap();
            ready(sessions.save(&session, now)).unwrap();
        }
        assert_eq!(ready(sessions.of("ada", now)).unwrap().len(), 1);
        assert_eq!(
            (ready(sessions.end_all("ada")).unwrap(), ready(sessions.end_all("ada")).unwrap()),
            (1, 0)
        );
    });
    let expected = [
        ("create created", 1),
        ("create evicted", 1),
        ("list listed", 1),
        ("load absent", 2),
        ("revoke none", 1),
        ("revoke some", 1),
    ];
    let expected: BTreeMap<_, _> =
        expected.into_iter().map(|(name, count)| (name.to_owned(), (count, count as usize))).collect();
    assert_eq!(blocking, expected);
    assert_eq!(nonblocking, expected);
}

#[test]
fn a_failure_is_counted_by_its_kind() {
    let full = MemoryStore::builder().max_entries(1).build().unwrap();
    let now = Timestamp::from_millis(1_000_000);
    let counted = counted(|| {
        let sessions = blocking::Sessions::new(
            Metered::new(full, "memory"),
            SessionConfig::with(|settings| settings.sweep_one_in = 0).unwrap(),
        );
        for _ in 0..2 {
            let session = sessions.open(&Visit::new(), now).unwrap();
            session.set("n", 1).unwrap();
            let _outcome = sessions.save(&session, now);
        }
    });
    let failed = format!("create {}", StoreErrorKind::OutOfSpace.label());
    assert_eq!(counted, BTreeMap::from([("create created".to_owned(), (1, 1)), (failed, (1, 1))]));
}
