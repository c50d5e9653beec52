use std::time::{Duration, Instant};

use super::state::{Permit, PoolLimits, State, Step};
use crate::{
    ErrorKind,
    pool::idle::Pooled,
    retry::{BACK_OFF, RENEW_AFTER, WRONG_IN_A_ROW},
};

const SIZE: u32 = 3;

fn state() -> State<u32> {
    State::new(PoolLimits {
        size: SIZE,
        connect_timeout: Duration::from_secs(5),
        lifetime: Duration::from_secs(600),
        back_off: BACK_OFF,
    })
}

fn made(state: &State<u32>, permit: &Permit<u32>, now: Instant) -> Pooled<u32> {
    Pooled { connection: 0, expires: state.expiry(now), generation: permit.generation, is_proven: false }
}

/// The failure of an attempt that began then.
fn failed(began: Instant) -> Option<(ErrorKind, Instant)> {
    Some((ErrorKind::Unreachable("no".to_owned()), began))
}

/// Whatever happens in whatever order: connections that are idle, in use or about to be made.
#[test]
fn there_are_never_more_connections_than_places() {
    let mut random: u64 = 7;
    let mut chance = |sides: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % sides
    };
    for _ in 0..200 {
        let (mut state, mut now) = (state(), Instant::now());
        let (mut permits, mut lent): (Vec<Permit<u32>>, Vec<Pooled<u32>>) = (Vec::new(), Vec::new());
        for _ in 0..400 {
            // An attempt that takes longer than its limit does not count any more.
            let pause = if permits.is_empty() { 40_000 } else { 2 };
            now += Duration::from_millis(chance(pause));
            state.waiting = u32::try_from(chance(9)).unwrap();
            match chance(8) {
                0..=2 => match state.step(now, now, chance(2) == 0) {
                    Step::Take(pooled) => lent.push(pooled),
                    Step::Close(_) => state.open -= 1,
                    Step::Begin(permit) => permits.push(permit),
                    Step::GiveUp(_) | Step::Wait { .. } => {}
                },
                3 => lent.extend(state.take_sound(now)),
                4 if !permits.is_empty() => {
                    let permit = permits.remove(0);
                    state.end(permit.id);
                    let pooled = made(&state, &permit, now);
                    if chance(3) == 0 {
                        state.fail(failed(permit.began), now);
                    } else {
                        let _ = state.take_in(pooled, now);
                    }
                }
                5 if !lent.is_empty() => {
                    let closed = state.give_back(lent.remove(0), chance(2) == 0, now);
                    state.open -= u32::try_from(closed.iter().flatten().count()).unwrap();
                }
                6 if !lent.is_empty() => {
                    let broken = lent.remove(0);
                    let (_, closed) = state.leave(broken.generation, now);
                    state.open -= 1 + u32::try_from(closed.len()).unwrap();
                }
                _ => state.idle.suspect(now),
            }
            let all = usize::try_from(state.open).unwrap() + permits.len();
            assert!(all <= usize::try_from(SIZE).unwrap(), "{} open, {} begun", state.open, permits.len());
        }
    }
}

#[test]
fn each_who_waits_gets_an_attempt_but_after_a_failure_there_is_one_at_a_time() {
    let (mut state, now) = (state(), Instant::now());
    state.waiting = 2;
    let Step::Begin(first) = state.step(now, now, false) else { panic!("it must begin") };
    assert!(matches!(state.step(now, now, false), Step::Begin(_)));
    assert!(matches!(state.step(now, now, false), Step::Wait { .. }));
    // It takes long; perhaps its runtime is not driven.
    let later = now + Duration::from_millis(1001);
    assert!(matches!(state.step(later, now, false), Step::Begin(_)));
    state.end(first.id);
    state.fail(failed(first.began), later);
    assert!(matches!(state.step(later, now, false), Step::GiveUp(_)), "it waited for this");
    let Step::Wait { until, .. } = state.step(later, later + BACK_OFF[0], false) else {
        panic!("it came later")
    };
    assert!(until <= later + BACK_OFF[0]);
}

/// A server that is back when the question comes must not be called down because of an attempt from before.
#[test]
fn the_failure_of_an_attempt_that_began_before_the_question_costs_another_attempt() {
    let (mut state, start) = (state(), Instant::now());
    let at = |millis| start + Duration::from_millis(millis);
    state.waiting = 1;
    let Step::Begin(early) = state.step(at(0), at(0), false) else { panic!("nobody has tried") };
    let came = at(1);
    state.end(early.id);
    state.fail(failed(early.began), at(2));
    assert!(matches!(state.step(at(2), at(0), false), Step::GiveUp(_)), "it began with this question");
    let Step::Wait { until, .. } = state.step(at(2), came, false) else {
        panic!("it is older than the question")
    };
    let Step::Begin(late) = state.step(until, came, false) else { panic!("the pause is over") };
    state.end(late.id);
    state.fail(failed(late.began), until);
    assert!(matches!(state.step(until, came, false), Step::GiveUp(_)));
    // The attempts of two callers end in any order.
    state.fail(failed(early.began), until);
    assert!(matches!(state.step(until, came, false), Step::GiveUp(_)), "the later attempt has failed, too");
}

#[test]
fn the_pause_after_a_failure_grows_and_ends_with_a_success() {
    let (mut state, mut now) = (state(), Instant::now());
    state.waiting = 1;
    for pause in [10, 20, 40, 80, 160, 200, 200] {
        let Step::Begin(permit) = state.step(now, now, false) else { panic!("{pause}") };
        state.end(permit.id);
        state.fail(failed(permit.began), now);
        let almost = now + Duration::from_millis(pause - 1);
        assert!(matches!(state.step(almost, almost, false), Step::Wait { .. }), "{pause}");
        now += Duration::from_millis(pause);
    }
    let Step::Begin(permit) = state.step(now, now, false) else { panic!("the last") };
    state.end(permit.id);
    let pooled = made(&state, &permit, now);
    assert!(state.take_in(pooled, now).is_none());
    let Step::Take(pooled) = state.step(now, now, false) else { panic!("it is idle") };
    assert!(state.give_back(pooled, true, now).into_iter().flatten().next().is_none());
    state.waiting = 3;
    assert!(matches!(state.step(now, now, false), Step::Take(_)));
    assert!(matches!(state.step(now, now, false), Step::Begin(_)));
    assert!(matches!(state.step(now, now, false), Step::Begin(_)));
}

#[test]
fn the_wrong_server_is_left_by_all_unless_there_is_no_other() {
    let (mut state, now) = (state(), Instant::now());
    let permit = Permit { id: 1, began: now, generation: 0, doubtful: None };
    let (idle, used) = (made(&state, &permit, now), made(&state, &permit, now));
    state.open = 2;
    state.give_back(idle, true, now);
    let (leaves, closed) = state.leave(used.generation, now);
    assert!(leaves && closed.len() == 1, "the idle ones go with it");
    let mut used = Some(used);
    assert!(state.give_back(used.take().unwrap(), false, now)[0].is_some(), "one that was in use follows");
    for _ in 1..WRONG_IN_A_ROW {
        assert!(state.leave(1, now).0);
    }
    assert!(!state.leave(1, now).0, "there is no better one");
    assert!(state.leave(1, now + RENEW_AFTER).0, "but one connection a second tries");
    assert!(!state.leave(1, now + RENEW_AFTER).0);
    let fresh = Permit { id: 2, began: now, generation: 1, doubtful: None };
    let wrote = made(&state, &fresh, now);
    state.give_back(wrote, true, now);
    assert!(state.leave(1, now + RENEW_AFTER).0, "a write succeeded");
}

#[test]
fn connections_do_not_all_end_together() {
    let (mut state, now) = (state(), Instant::now());
    let mut ends: Vec<_> = (0..50)
        .map(|_| {
            state.waiting = 1;
            let Step::Begin(permit) = state.step(now, now, false) else { panic!("one waits") };
            state.end(permit.id);
            state.expiry(now)
        })
        .collect();
    assert!(ends.iter().all(|end| (540..=600).contains(&(*end - now).as_secs())));
    ends.sort();
    ends.dedup();
    assert!(ends.len() > 10);
}
