use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::lookup::{Answer, Lookup};

fn address() -> Answer {
    Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)])
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[test]
fn an_answer_that_came_too_late_is_there_for_the_next_caller_once() {
    let lookup = Lookup::default();
    assert!(lookup.wait_until(Instant::now()).is_none());
    assert!(lookup.is_open(), "one more may wait for a lookup under way");
    lookup.answer(address());
    assert!(lookup.is_open(), "nobody has got the answer");
    assert!(lookup.wait_until(soon()).is_some_and(|answer| answer.is_ok()));
    assert!(!lookup.is_open(), "a name may have another address by the next time");
}

#[test]
fn a_failure_is_not_kept() {
    let lookup = Lookup::default();
    lookup.answer(Err(Arc::new(io::ErrorKind::NotFound.into())));
    assert!(!lookup.is_open());
}

#[test]
fn all_who_wait_get_the_answer() {
    let lookup = Arc::new(Lookup::default());
    let waiting: Vec<_> = (0..4)
        .map(|_| {
            let lookup = Arc::clone(&lookup);
            thread::spawn(move || lookup.wait_until(soon()))
        })
        .collect();
    lookup.answer(address());
    for thread in waiting {
        assert!(thread.join().unwrap().is_some_and(|answer| answer.is_ok()));
    }
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn tasks_that_wait_get_the_answer() {
    let lookup = Arc::new(Lookup::default());
    let waiting: Vec<_> = (0..4)
        .map(|_| {
            let lookup = Arc::clone(&lookup);
            tokio::spawn(async move { super::waiting::Waiting(&lookup).await.is_ok() })
        })
        .collect();
    tokio::task::yield_now().await;
    lookup.answer(address());
    for task in waiting {
        assert!(task.await.unwrap());
    }
}
