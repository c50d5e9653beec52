//! Sessions that are ended with others, and tokens that are used once: what follows in the handler, and clients that go away.

use session_core::store::Operation::{self, Commit, Revoke, Rotate};

use super::cancel::NOTICED;
use crate::{
    case::{Checked, cases, check, same},
    client::{Browser, Request},
    handler::{Act, Gate},
    site::{Site, Stage},
    store::Odd,
};

cases! {
    SAVE_11: [
        a_message_after_an_end_of_all_is_on_the_next_page,
        an_end_of_all_without_a_message_leaves_nothing,
        a_sign_in_after_an_end_of_all_stays,
        a_message_beside_an_end_of_the_others_is_on_the_next_page,
    ];
    CANCEL_4: [
        an_end_of_the_others_is_finished_without_its_client,
        an_end_of_all_is_finished_without_its_client,
    ];
    CANCEL_5: [the_use_of_a_token_is_finished_without_its_client];
}

fn end_all() -> Act {
    Act::new().then("end-all", "ada")
}

/// Two browsers of one owner, of which the first one has a value.
fn ada_twice(site: &Site) -> Checked<[Browser; 2]> {
    let mut browsers = [site.ada()?, site.ada()?];
    let [first, _] = &mut browsers;
    first.act(&Act::new().set("name", "Ada"))?.is(200)?;
    site.store().asked();
    Ok(browsers)
}

fn are_out(site: &Site, browsers: &mut [Browser]) -> Checked {
    for browser in browsers {
        same("who is there after an end of all sessions", &browser.who()?, &"nobody".to_owned())?;
    }
    same("the sessions of the owner after an end of all", &site.sessions_of("ada")?, &0)
}

fn a_message_after_an_end_of_all_is_on_the_next_page(stage: &Stage) -> Checked {
    for act in [
        end_all(),
        end_all().then("logout", ""),
        Act::new().then("logout", "").then("end-all", "ada"),
        // What was not saved before is gone with the rest.
        Act::new().set("name", "Eve").then("flash", "lost").then("end-all", "ada"),
    ] {
        let site = stage.site()?;
        let mut browsers = ada_twice(&site)?;
        let [ada, _] = &mut browsers;
        ada.post(&act.then("flash", "bye"))?.is(200)?.cookie(site.cookie())?;
        ada.act(&Act::new().owner().get("name").then("flashes", ""))?.answers("nobody - [bye]")?;
        are_out(&site, &mut browsers)?;
    }
    Ok(())
}

fn an_end_of_all_without_a_message_leaves_nothing(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut browsers = ada_twice(&site)?;
    let [ada, phone] = &mut browsers;
    ada.post(&end_all())?.is(200)?.removal(site.cookie())?;
    // What it says is saved, although nothing of it can be.
    phone.post(&Act::new().set("name", "Eve").owner())?.answers("nobody")?;
    are_out(&site, &mut browsers)?;
    // The sessions of another owner are none of this request.
    let mut bob = site.signed_in("bob")?;
    bob.post(&end_all().set("name", "Bob"))?.is(200)?;
    bob.act(&Act::new().owner().get("name"))?.answers("bob Bob")?;
    Ok(())
}

fn a_sign_in_after_an_end_of_all_stays(stage: &Stage) -> Checked {
    for act in [end_all().login("ada"), Act::new().login("ada").then("end-all", "ada")] {
        let site = stage.site()?;
        let [mut ada, mut phone] = ada_twice(&site)?;
        ada.post(&act.then("flash", "new"))?.is(200)?.cookie(site.cookie())?;
        ada.act(&Act::new().owner().then("flashes", ""))?.answers("ada [new]")?;
        same("who is there on the other device", &phone.who()?, &"nobody".to_owned())?;
        same("the sessions of the owner after a new sign-in", &site.sessions_of("ada")?, &1)?;
    }
    Ok(())
}

fn a_message_beside_an_end_of_the_others_is_on_the_next_page(stage: &Stage) -> Checked {
    let others = || Act::new().then("end-others", "");
    for act in [others().then("flash", "bye"), Act::new().then("flash", "bye").then("end-others", "")] {
        let site = stage.site()?;
        let [mut ada, mut phone] = ada_twice(&site)?;
        ada.post(&act)?.is(200)?;
        ada.act(&Act::new().owner().get("name").then("flashes", ""))?.answers("ada Ada [bye]")?;
        same("who is there on the other device", &phone.who()?, &"nobody".to_owned())?;
    }
    Ok(())
}

/// Sends this, and goes away while the store carries out the held call.
fn gone_in(site: &Site, browser: &Browser, held: Operation, act: &Act) -> Checked {
    let gate = Gate::new();
    site.store().next(held, Odd::Hold(gate.clone()));
    let response = browser.begin(&Request::act(act).method("POST"))?;
    check(gate.has_arrived(1, site.patience), || format!("the store was not asked to {held:?}"))?;
    response.hang_up();
    gate.was_given_up(NOTICED);
    gate.open();
    Ok(())
}

fn an_end_of_the_others_is_finished_without_its_client(stage: &Stage) -> Checked {
    for (held, act) in [
        (Commit, Act::new().set("name", "Eve")),
        (Revoke, Act::new().set("name", "Eve")),
        (Rotate, Act::new().login("ada")),
    ] {
        let site = stage.site()?;
        let [mut ada, mut thief] = ada_twice(&site)?;
        gone_in(&site, &ada, held, &act.then("end-others", ""))?;
        let are_out = site.until(|| Ok(thief.who()? == "nobody"))?;
        check(are_out, || {
            format!("the client went away in {held:?} of an end of all others, and they are still signed in")
        })?;
        same("the sessions of the owner", &site.sessions_of("ada")?, &1)?;
        if held != Rotate {
            ada.act(&Act::new().owner().get("name"))?.answers("ada Eve")?;
        }
    }
    Ok(())
}

fn an_end_of_all_is_finished_without_its_client(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let [mut ada, mut thief] = ada_twice(&site)?;
    gone_in(&site, &ada, Revoke, &end_all().then("flash", "bye"))?;
    let are_out = site.until(|| Ok(thief.who()? == "nobody" && ada.who()? == "nobody"))?;
    check(are_out, || {
        "the client went away in an end of all sessions, and they are still signed in".to_owned()
    })
}

fn the_use_of_a_token_is_finished_without_its_client(stage: &Stage) -> Checked {
    for is_with_more in [true, false] {
        let site = stage.site()?;
        let mut visitor = site.visitor()?;
        let token = visitor.act(&Act::new().then("ticket", "order"))?.is(200)?.text();
        let act = if is_with_more { Act::new().set("name", "Eve") } else { Act::new() };
        let used = act.then("consume", format_args!("order:{token}"));
        gone_in(&site, &visitor, Commit, &used)?;
        if is_with_more {
            let is_stored = site.until(|| Ok(visitor.act(&Act::new().get("name"))?.text() == "Eve"))?;
            check(is_stored, || {
                "the client went away while a token was used up, and what was saved with it is lost"
                    .to_owned()
            })?;
        }
        let verify = Act::new().then("verify", format_args!("order:{token}"));
        let is_used = site.until(|| Ok(visitor.act(&verify)?.text() == "false"))?;
        check(is_used, || "the client went away while a token was used up, and it is still good".to_owned())?;
        visitor.post(&Act::new().then("consume", format_args!("order:{token}")))?.answers("false")?;
    }
    Ok(())
}
