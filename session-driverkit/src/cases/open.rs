//! When a session is loaded, and when it is not.

use std::time::Duration;

use session_core::store::Operation::Load;

use crate::{
    case::{Checked, cases, check, same},
    client::Request,
    handler::{Act, Gate},
    site::{Site, Stage},
};

cases! {
    OPEN_1: [an_untouched_session_costs_nothing, a_public_page_stays_public];
    OPEN_2: [a_handler_costs_one_load, a_form_and_its_handler_cost_one_load];
    OPEN_3: [a_visitor_costs_no_load, a_cookie_that_can_be_no_id_costs_no_load];
    OPEN_6: [a_request_in_the_middle_of_another_sees_its_own, one_connection_serves_two_visitors, many_at_once_see_their_own];
    OPEN_7: [a_session_in_use_lives_and_an_idle_one_ends, no_session_outlives_its_absolute_time];
}

fn an_untouched_session_costs_nothing(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for method in ["GET", "POST", "HEAD"] {
        site.pass(40);
        let page = ada.send(&Request::new(method, "/plain"))?.is(200)?;
        site.was_asked(&format!("{method} of a page without a session"), &[])?;
        page.sets_no_cookie(site.cookie())?;
    }
    Ok(())
}

fn a_public_page_stays_public(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let page = site.ada()?.send(&Request::new("GET", "/plain"))?.is(200)?;
    let (control, vary) = (page.header("cache-control"), page.header("vary"));
    same("`Cache-Control` of a page without a session", &control, &"public, max-age=60".to_owned())?;
    let varies = page.says("vary", "cookie") || page.says("vary", "*");
    page.check(!varies, format!("it has `Vary: {vary}` although it does not depend on the cookie"))?;
    Ok(())
}

fn a_handler_costs_one_load(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for method in ["GET", "POST"] {
        ada.send(&Request::act(&Act::new().owner().owner()).method(method))?.answers("ada ada")?;
        site.was_asked(&format!("{method} by a handler that reads"), &[Load])?;
    }
    Ok(())
}

fn a_form_and_its_handler_cost_one_load(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let token = ada.act(&Act::new().then("token", ""))?.is(200)?.text();
    site.store().asked();
    let post = Request::guarded(&Act::new().owner()).form(&format!("_csrf={token}"));
    ada.send(&post)?.answers("ada")?;
    site.was_asked("a POST whose form is checked and whose handler reads", &[Load])
}

fn a_visitor_costs_no_load(stage: &Stage) -> Checked {
    let site = stage.site()?;
    site.browser().act(&Act::new().owner().get("name"))?.answers("nobody -")?;
    site.was_asked("a request without a cookie", &[])
}

fn a_cookie_that_can_be_no_id_costs_no_load(stage: &Stage) -> Checked {
    let site = stage.site()?;
    for value in ["", "x", "planted", "%41%41", "\"\""] {
        let request =
            Request::act(&Act::new().owner()).header("Cookie", format!("{}={value}", site.cookie()));
        site.send(&request)?.answers("nobody")?;
        site.was_asked(&format!("a cookie with the value {value:?}"), &[])?;
    }
    let other = Request::act(&Act::new().owner()).header("Cookie", "theme=dark; lang=de");
    site.send(&other)?.answers("nobody")?;
    site.was_asked("a request with other cookies", &[])
}

/// Visitors, each of whom has a name of their own in the session.
fn visitors(site: &Site, number: usize) -> Checked<Vec<(String, crate::client::Browser)>> {
    let named = (0..number).map(|number| {
        let (name, mut browser) = (format!("visitor-{number}"), site.browser());
        browser.act(&Act::new().set("name", &name))?.is(200)?;
        Ok((name, browser))
    });
    named.collect()
}

fn a_request_in_the_middle_of_another_sees_its_own(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitors = visitors(&site, 2)?;
    let (Some((second, mut two)), Some((first, one))) = (visitors.pop(), visitors.pop()) else {
        return Ok(());
    };
    let gate = Gate::new();
    let waiting = one.begin(&Request::act(&Act::new().get("name").gate(&gate).get("name")))?;
    check(gate.has_arrived(1, site.patience), || "a handler did not begin".to_owned())?;
    two.act(&Act::new().get("name"))?.answers(&second)?;
    site.browser().act(&Act::new().get("name"))?.answers("-")?;
    gate.open();
    waiting.page()?.answers(&format!("{first} {first}"))?;
    Ok(())
}

/// As a proxy does, which sends the requests of many browsers over one connection.
fn one_connection_serves_two_visitors(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let visitors = visitors(&site, 2)?;
    let read = Request::act(&Act::new().get("name"));
    let mut requests: Vec<Request> = visitors.iter().map(|(_, browser)| browser.dressed(&read)).collect();
    requests.push(read);
    let names = visitors.iter().map(|(name, _)| name.as_str()).chain(["-"]);
    let pages = site.send_over_one_connection(&requests)?;
    pages.into_iter().zip(names).try_for_each(|(page, name)| page.answers(name).map(drop))
}

fn many_at_once_see_their_own(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let visitors = visitors(&site, 6)?;
    let ask = |(name, mut browser): (String, crate::client::Browser)| {
        move || {
            (0..12).try_for_each(|_| {
                browser.act(&Act::new().get("name"))?.answers(&name)?;
                Ok(())
            })
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = visitors.into_iter().map(|visitor| scope.spawn(ask(visitor))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or(Ok(())))
    })
}

fn a_session_in_use_lives_and_an_idle_one_ends(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for _ in 0..4 {
        site.pass(200);
        same("a session that is read each 200 of its 300 seconds", &ada.who()?, &"ada".to_owned())?;
    }
    site.pass(301);
    same("a session that was not used for 301 seconds", &ada.who()?, &"nobody".to_owned())
}

fn no_session_outlives_its_absolute_time(stage: &Stage) -> Checked {
    let site = stage.site_with(|settings| settings.absolute = Duration::from_secs(1000))?;
    let mut ada = site.ada()?;
    for _ in 0..4 {
        site.pass(200);
        same("a session that is read, before its absolute time", &ada.who()?, &"ada".to_owned())?;
    }
    site.pass(201);
    same("a session after its absolute time", &ada.who()?, &"nobody".to_owned())
}
