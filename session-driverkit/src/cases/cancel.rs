//! Clients that go away in the middle.

use std::time::Duration;

use session_core::store::Operation::{self, Commit, Create, Delete, Rotate};

use crate::{
    case::{Checked, cases, check},
    client::Request,
    handler::{Act, Gate},
    site::Stage,
    store::{Odd, WRITES},
};

cases! {
    CANCEL_1: [a_change_is_finished_without_its_client, a_sign_in_is_finished_without_its_client];
    CANCEL_2: [half_of_a_handler_is_not_stored];
    CANCEL_3: [an_own_save_is_finished_without_its_client];
}

/// Long enough for a framework that cuts off its handlers to notice that the client has gone. One that does not is not waited for
/// longer.
pub(super) const NOTICED: Duration = Duration::from_millis(500);

fn a_change_is_finished_without_its_client(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (gate, mut visitor) = (Gate::new(), site.visitor()?);
    site.store().next(Commit, Odd::Hold(gate.clone()));
    let response = visitor.begin(&Request::act(&Act::new().set("name", "Eve")).method("POST"))?;
    check(gate.has_arrived(1, site.patience), || "a change was not stored".to_owned())?;
    response.hang_up();
    gate.was_given_up(NOTICED);
    gate.open();
    let is_stored = site.until(|| Ok(visitor.act(&Act::new().get("name"))?.text() == "Eve"))?;
    check(is_stored, || {
        "the client went away while its change was being stored, and it was not stored".to_owned()
    })
}

/// A sign-in with each of its writes held, until one is not made.
fn signs_in(stage: &Stage, act: &Act) -> Checked {
    for held in [Create, Rotate, Delete] {
        let site = stage.site()?;
        let (gate, mut visitor) = (Gate::new(), site.visitor()?);
        site.store().next(held, Odd::Hold(gate.clone()));
        let mut response = visitor.begin(&Request::act(act))?;
        if !arrives(&gate, &mut response)? {
            continue;
        }
        response.hang_up();
        gate.was_given_up(NOTICED);
        gate.open();
        let is_whole = site.until(|| Ok(site.sessions_of("ada")? == 1 && visitor.who()? == "nobody"))?;
        is_finished(is_whole, held)?;
        // The id from before may end after the new session is there.
        let is_gone = site.until(|| Ok(visitor.act(&Act::new().get("name"))?.text() == "-"))?;
        check(is_gone, || "the id from before the sign-in still opens its session".to_owned())?;
    }
    Ok(())
}

fn is_finished(is_whole: bool, held: Operation) -> Checked {
    check(is_whole, || {
        format!("the client went away while its sign-in was in {held:?}, and half of the sign-in is left")
    })
}

/// Whether the call comes to the gate before the response comes back.
fn arrives(gate: &Gate, response: &mut crate::client::Connection) -> Checked<bool> {
    let step = Duration::from_millis(10);
    loop {
        if gate.has_arrived(1, step) {
            return Ok(true);
        }
        if !response.is_silent(step)? {
            return Ok(false);
        }
    }
}

fn a_sign_in_is_finished_without_its_client(stage: &Stage) -> Checked {
    signs_in(stage, &Act::new().login("ada"))
}

fn an_own_save_is_finished_without_its_client(stage: &Stage) -> Checked {
    signs_in(stage, &Act::new().login("ada").save().then("say", "done"))
}

fn half_of_a_handler_is_not_stored(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (gate, mut visitor) = (Gate::new(), site.visitor()?);
    site.pass(200);
    let mut response =
        visitor.begin(&Request::act(&Act::new().set("name", "Eve").gate(&gate)).method("POST"))?;
    check(gate.has_arrived(1, site.patience), || "the handler did not begin".to_owned())?;
    site.store().asked();
    // Time enough for a driver that saves by itself.
    response.is_silent(Duration::from_millis(60))?;
    response.hang_up();
    if !gate.was_given_up(NOTICED) {
        // It runs to its end, as if the client were there.
        gate.open();
        return Ok(());
    }
    // Whatever is stored, is stored now: the use, if nothing else.
    let mut asked = Vec::new();
    let wait = Duration::from_millis(10);
    for _ in 0..50 {
        asked.extend(site.store().asked());
        if asked.iter().any(|operation| WRITES.contains(operation)) {
            break;
        }
        std::thread::sleep(wait);
    }
    let seen = visitor.act(&Act::new().get("name"))?.text();
    check(seen == "Ada", || format!("half of a handler was stored: the next page reads {seen:?}"))
}
