use std::{
    num::NonZeroU32,
    thread,
    time::{Duration, Instant},
};

use session_core::{
    id::StoreKey,
    store::{Applied, Page, Store as _},
};

use super::attempt::{Answered, Attempt, WriteKind};
use crate::{
    Condition,
    case::cases,
    subject::{Pending, Subject},
    violation::{Checked, Flaw},
};

cases! {
    FAULT_1: [
        a_server_that_is_down_is_an_error,
        a_server_that_hangs_is_an_error,
        a_write_whose_answer_is_late_is_told_truthfully,
        a_write_that_is_cut_off_at_any_byte_is_told_truthfully,
    ];
    FAULT_3: [
        works_again_after_the_server_was_down,
        works_again_after_the_server_hung,
        works_again_after_its_connections_went_dead,
    ];
}

async fn a_server_that_is_down_is_an_error(s: Subject) -> Checked {
    fails_while(&s, Condition::Down, "while the server is down").await
}

async fn a_server_that_hangs_is_an_error(s: Subject) -> Checked {
    fails_while(&s, Condition::Hung, "while the server hangs").await
}

async fn a_write_whose_answer_is_late_is_told_truthfully(s: Subject) -> Checked {
    fails_while(&s, Condition::RepliesHeld, "while no answer arrives").await
}

/// Starts every operation at once while no reply comes back from the server.
async fn fails_while(s: &Subject, condition: Condition, when: &str) -> Checked {
    let mut attempts = Vec::new();
    for kind in WriteKind::ALL {
        attempts.push(Attempt::prepare(s, kind).await?);
    }
    let read = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    warm(s, &read.key)?;
    s.network()?.set(condition);
    let key = read.key;
    let load = s.start("load", move |s| async move { s.store.load(&key).await.map(drop) })?;
    let list = s.start("list", move |s| async move {
        s.store.list(&key.family, Page::first(NonZeroU32::MIN)).await.map(drop)
    })?;
    // With native expiry there may be nothing to ask the server.
    let sweep = s.start("sweep", |s| async move { s.store.sweep(10).await })?;
    let writes: Vec<Pending<Answered>> =
        attempts.iter().map(|attempt| begin(s, attempt)).collect::<Checked<_>>()?;
    for (operation, reading) in [("load", load), ("list", list)] {
        let answer = reading.wait(s, when)?.map_err(|error| error.applied());
        s.check(answer == Err(Applied::No), || {
            format!("{when}, `{operation}` answered {answer:?} and not an error that changed nothing")
        })?;
    }
    let swept = sweep.wait(s, when)?;
    s.check(!matches!(swept, Ok(1..)), || format!("{when}, `sweep` answered {swept:?}"))?;
    let answers: Vec<Answered> =
        writes.into_iter().map(|write| write.wait(s, when)).collect::<Checked<_>>()?;
    for (attempt, answer) in attempts.iter().zip(&answers) {
        s.check(answer.is_err(), || format!("{when}, `{attempt}` answered as if it had been made"))?;
    }
    recovers(s, when)?;
    for (attempt, answer) in attempts.iter().zip(&answers) {
        attempt.is_truthful(s, answer, when).await?;
    }
    s.intact(&read, when).await
}

async fn a_write_that_is_cut_off_at_any_byte_is_told_truthfully(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let chance = s.shared.seed.next();
        // Replies are short and requests small, so that cuts within the first bytes matter most.
        let bytes = (chance >> 1) % if chance & 2 == 0 { 8 } else { 256 };
        let (condition, what) = match chance & 1 {
            0 => (Condition::RequestsCutAfter(bytes), "requests"),
            _ => (Condition::RepliesCutAfter(bytes), "replies"),
        };
        let kind = usize::try_from((chance >> 16) % 6).ok().and_then(|index| WriteKind::ALL.get(index));
        let attempt = Attempt::prepare(&s, *kind.unwrap_or(&WriteKind::Create)).await?;
        s.network()?.set(condition);
        let when = format!("with the connection cut after {bytes} bytes of {what}");
        let answer = begin(&s, &attempt)?.wait(&s, &when)?;
        recovers(&s, &when)?;
        attempt.is_truthful(&s, &answer, &when).await?;
    }
    Ok(())
}

async fn works_again_after_the_server_was_down(s: Subject) -> Checked {
    works_again_after(&s, Condition::Down, "after the server was down").await
}

async fn works_again_after_the_server_hung(s: Subject) -> Checked {
    works_again_after(&s, Condition::Hung, "after the server hung").await
}

async fn works_again_after_its_connections_went_dead(s: Subject) -> Checked {
    works_again_after(&s, Condition::ConnectionsDead, "after its connections went dead").await
}

async fn works_again_after(s: &Subject, condition: Condition, when: &str) -> Checked {
    for _ in 0..2 {
        let held = s.hold(&s.key(), &s.draft()).await?;
        warm(s, &held.key)?;
        s.network()?.set(condition);
        for load in loads(s, &held.key)? {
            // Another rule checks whether it fails; here it only has to meet the outage.
            let _ = load.wait(s, when)?;
        }
        recovers(s, when)?;
        s.intact(&held, when).await?;
    }
    Ok(())
}

fn begin(s: &Subject, attempt: &Attempt) -> Checked<Pending<Answered>> {
    let attempt = attempt.clone();
    s.start(attempt.to_string(), move |s| async move { attempt.make(&s).await })
}

/// The number of concurrent operations, so that a store uses several connections.
pub(super) const AT_ONCE: usize = 8;

fn loads(s: &Subject, key: &StoreKey) -> Checked<Vec<Pending<bool>>> {
    let key = *key;
    let load = || s.start("load", move |s| async move { s.store.load(&key).await.is_ok() });
    (0..AT_ONCE).map(|_| load()).collect()
}

/// Makes sure that the store has connections that work.
pub(super) fn warm(s: &Subject, key: &StoreKey) -> Checked {
    if works(s, key, "before any fault")? {
        return Ok(());
    }
    Err(Flaw::Unable("the store failed before any fault".to_owned()))
}

/// Whether all connections of the store work, at once or within its time limit.
fn works(s: &Subject, key: &StoreKey, when: &str) -> Checked<bool> {
    let start = Instant::now();
    loop {
        let loads = loads(s, key)?.into_iter().map(|load| load.wait(s, when));
        if loads.collect::<Checked<Vec<bool>>>()?.into_iter().all(|loaded| loaded) {
            return Ok(true);
        }
        if start.elapsed() >= s.shared.time_limit {
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Lets the server work again, and checks that the store does, on all of its connections.
pub(super) fn recovers(s: &Subject, when: &str) -> Checked {
    let network = s.network()?;
    network.set(Condition::Working);
    // Delivers what was held back first, so that a late write does not look like one that was not made.
    network.delivers(s.shared.time_limit);
    let works = works(s, &s.key(), when)?;
    s.check(works, || {
        format!("{when}, the store still fails {:?} after the server works again", s.shared.time_limit)
    })
}
