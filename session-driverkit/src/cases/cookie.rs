//! Which responses have a cookie.

use session_core::store::Operation::{Create, Rotate};

use crate::{
    case::{Checked, cases, check, same},
    client::{Browser, Request},
    handler::{Act, Gate},
    site::Stage,
    store::Odd,
};

cases! {
    COOKIE_1: [a_new_session_sends_its_cookie_once];
    COOKIE_5: [a_late_request_sends_no_cookie, a_change_that_met_a_sign_in_sends_no_cookie];
    COOKIE_6: [a_new_session_in_the_middle_of_another, many_new_sessions_at_once];
    COOKIE_7: [what_was_not_stored_has_no_cookie];
    COOKIE_8: [a_sign_in_changes_the_id];
    COOKIE_9: [a_sign_out_ends_every_session_of_the_request];
}

fn a_new_session_sends_its_cookie_once(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut browser = site.browser();
    browser.act(&Act::new().get("name"))?.is(200)?.sets_no_cookie(site.cookie())?;
    browser.act(&Act::new().set("name", "Ada"))?.is(200)?.cookie(site.cookie())?;
    for act in [Act::new().get("name"), Act::new().set("name", "Eve"), Act::new().add("n").save().add("n")] {
        browser.act(&act)?.is(200)?.sets_no_cookie(site.cookie())?;
    }
    browser.act(&Act::new().login("ada").save().set("name", "Ada"))?.is(200)?.cookie(site.cookie())?;
    Ok(())
}

fn a_late_request_sends_no_cookie(stage: &Stage) -> Checked {
    let late = [Act::new().get("name"), Act::new().set("name", "Eve"), Act::new().then("logout", "")];
    for (act, method) in late.into_iter().flat_map(|act| [(act.clone(), "GET"), (act, "POST")]) {
        let site = stage.site()?;
        let mut ada = site.visitor()?;
        let late = ada.dressed(&Request::act(&act).method(method));
        ada.act(&Act::new().login("ada"))?.is(200)?.cookie(site.cookie())?;
        let page = site.send(&late)?.sets_no_cookie(site.cookie())?;
        ada.keep(&page);
        same("who is there after the late response", &ada.who()?, &"ada".to_owned())?;
    }
    Ok(())
}

fn a_change_that_met_a_sign_in_sends_no_cookie(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (gate, mut ada) = (Gate::new(), site.visitor()?);
    let late = ada.begin(&Request::act(&Act::new().gate(&gate).set("name", "Eve")).method("POST"))?;
    check(gate.has_arrived(1, site.patience), || "the handler did not begin".to_owned())?;
    ada.act(&Act::new().login("ada"))?.is(200)?;
    gate.open();
    let page = late.page()?.is(409)?.sets_no_cookie(site.cookie())?;
    ada.keep(&page);
    ada.act(&Act::new().owner().get("name"))?.answers("ada Ada")?;
    Ok(())
}

fn a_new_session_in_the_middle_of_another(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (gate, mut one, mut two) = (Gate::new(), site.browser(), site.browser());
    site.store().next(Create, Odd::Hold(gate.clone()));
    let waiting = one.begin(&Request::act(&Act::new().set("name", "one")))?;
    check(gate.has_arrived(1, site.patience), || "a new session was not stored".to_owned())?;
    two.act(&Act::new().set("name", "two"))?.is(200)?.cookie(site.cookie())?;
    site.browser().act(&Act::new().get("name"))?.answers("-")?.sets_no_cookie(site.cookie())?;
    gate.open();
    let page = waiting.page()?.is(200)?;
    page.cookie(site.cookie())?;
    one.keep(&page);
    one.act(&Act::new().get("name"))?.answers("one")?;
    two.act(&Act::new().get("name"))?.answers("two")?;
    Ok(())
}

fn many_new_sessions_at_once(stage: &Stage) -> Checked {
    let site = stage.site()?;
    std::thread::scope(|scope| {
        let visit = |name: String| {
            let mut browser = site.browser();
            browser.act(&Act::new().set("name", &name))?.is(200)?.cookie(site.cookie())?;
            for owner in ["ada", "bob", "ada"] {
                browser.act(&Act::new().login(&format!("{owner}-{name}")))?.is(200)?.cookie(site.cookie())?;
                browser.act(&Act::new().owner())?.answers(&format!("{owner}-{name}"))?;
            }
            Ok(())
        };
        let threads = (0..6).map(|number| scope.spawn(move || visit(format!("visitor-{number}"))));
        let threads: Vec<_> = threads.collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or(Ok(())))
    })
}

fn what_was_not_stored_has_no_cookie(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    site.store().read_only();
    for act in [Act::new().set("name", "Eve"), Act::new().login("ada")] {
        site.browser().act(&act)?.is(503)?.sets_no_cookie(site.cookie())?;
    }
    for act in [Act::new().login("ada"), Act::new().then("logout", ""), Act::new().then("destroy", "")] {
        visitor.act(&act)?.sets_no_cookie(site.cookie())?;
    }
    site.store().up();
    site.store().next(Rotate, Odd::Fail);
    visitor.act(&Act::new().get("name"))?.answers("Ada")?;
    Ok(())
}

fn a_sign_in_changes_the_id(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    for owner in ["ada", "ada", "bob"] {
        let mut old = visitor.clone();
        let cookie = visitor.act(&Act::new().login(owner))?.is(200)?.cookie(site.cookie())?;
        check(old.cookies.get(site.cookie()) != Some(&cookie.value), || "the id is as before".to_owned())?;
        same("who is there with the new id", &visitor.who()?, &owner.to_owned())?;
        same("who is there with the id from before", &old.who()?, &"nobody".to_owned())?;
    }
    Ok(())
}

fn a_sign_out_ends_every_session_of_the_request(stage: &Stage) -> Checked {
    for headers in [1, 2] {
        let site = stage.site()?;
        let (mut first, mut second) = (site.ada()?, site.ada()?);
        let pair = |browser: &Browser| {
            format!("{}={}", site.cookie(), browser.cookies.get(site.cookie()).map_or("", String::as_str))
        };
        let request = Request::act(&Act::new().then("logout", "")).method("POST");
        let request = match headers {
            1 => request.header("Cookie", format!("{}; {}", pair(&first), pair(&second))),
            _ => request.header("Cookie", pair(&first)).header("Cookie", pair(&second)),
        };
        site.send(&request)?.is(200)?.removal(site.cookie())?;
        let left = [first.who()?, second.who()?];
        same(
            "who is there after a sign-out with two cookies",
            &left,
            &["nobody", "nobody"].map(str::to_owned),
        )?;
    }
    Ok(())
}
