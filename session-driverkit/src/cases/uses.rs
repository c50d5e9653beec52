//! What counts as a use of a session.

use crate::{
    case::{Checked, cases, check, same},
    client::Request,
    handler::{Act, Gate},
    site::{Site, Stage},
    store::WRITES,
};

cases! {
    SAVE_7: [
        pages_that_fail_keep_a_session_alive,
        refused_forms_keep_a_session_alive,
        panics_keep_a_session_alive,
        a_request_that_was_cut_off_counts,
    ];
}

fn pages_that_fail_keep_a_session_alive(stage: &Stage) -> Checked {
    let ends = [("status", "500"), ("status", "404"), ("status", "408"), ("fill", "big"), ("discard", "")];
    for change in [false, true] {
        for (word, what) in ends {
            let site = stage.site()?;
            let mut ada = site.ada()?;
            for _ in 0..4 {
                site.pass(200);
                let act = if change { Act::new().set("name", "Eve") } else { Act::new() };
                ada.act(&act.then(word, what))?;
            }
            let when = format!("a session whose pages end with `{word}={what}`, with a change: {change}");
            same(&when, &ada.who()?, &"ada".to_owned())?;
        }
    }
    Ok(())
}

fn refused_forms_keep_a_session_alive(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for _ in 0..4 {
        site.pass(200);
        ada.send(&Request::guarded(&Act::new().set("name", "Eve")).form("text=hello"))?.is(403)?;
    }
    ada.act(&Act::new().owner().get("name"))?.answers("ada -")?;
    Ok(())
}

/// Waits until the use of a request that was not answered is noted.
fn noted(site: &Site, when: &str) -> Checked {
    let mut writes = 0;
    let is_noted = site.until(|| {
        writes += site.store().asked().iter().filter(|operation| WRITES.contains(operation)).count();
        Ok(writes > 0)
    })?;
    check(is_noted, || format!("{when}: the session was used, and that was not noted"))
}

fn panics_keep_a_session_alive(stage: &Stage) -> Checked {
    for change in [false, true] {
        let site = stage.site()?;
        let mut ada = site.ada()?;
        for _ in 0..3 {
            site.pass(200);
            let act = if change { Act::new().set("name", "Eve") } else { Act::new() };
            ada.begin(&Request::act(&act.then("panic", "")))?.page_or_end()?;
            noted(&site, &format!("a panic, with a change: {change}"))?;
        }
        ada.act(&Act::new().owner().get("name"))?.answers("ada -")?;
    }
    Ok(())
}

fn a_request_that_was_cut_off_counts(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for _ in 0..3 {
        site.pass(200);
        let gate = Gate::new();
        let response = ada.begin(&Request::act(&Act::new().owner().gate(&gate)))?;
        check(gate.has_arrived(1, site.patience), || "the handler did not begin".to_owned())?;
        response.hang_up();
        // Not every framework cuts a handler off.
        gate.was_given_up(super::cancel::NOTICED);
        gate.open();
        noted(&site, "a client that went away")?;
    }
    same("who is there", &ada.who()?, &"ada".to_owned())
}
