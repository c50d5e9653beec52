//! When nothing is saved.

use session_core::store::Operation::Load;

use crate::{
    case::{Checked, cases, check, same},
    client::{Browser, Request},
    handler::Act,
    site::{Site, Stage},
};

cases! {
    SAVE_3: [a_server_error_saves_nothing, a_server_error_begins_no_session, a_server_error_ends_no_session];
    SAVE_4: [an_error_of_the_session_saves_nothing];
    SAVE_5: [a_panic_saves_nothing, a_panic_begins_no_session];
    SAVE_9: [a_marked_response_saves_nothing];
}

const FAILURES: [u16; 5] = [408, 500, 502, 503, 504];

fn still_ada(site: &Site, visitor: &mut Browser, when: &str) -> Checked {
    let seen = visitor.act(&Act::new().get("name"))?.is(200)?.text();
    check(seen == "Ada", || {
        format!("{when}: what the handler changed was stored, the next page reads {seen:?}")
    })?;
    site.store().asked();
    Ok(())
}

fn a_server_error_saves_nothing(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    for status in FAILURES {
        visitor.post(&Act::new().set("name", "Eve").status(status))?.is(status)?;
        site.was_asked(&format!("a change that was answered {status}"), &[Load])?;
        still_ada(&site, &mut visitor, &format!("answered {status}"))?;
    }
    Ok(())
}

fn a_server_error_begins_no_session(stage: &Stage) -> Checked {
    let site = stage.site()?;
    for status in FAILURES {
        let page = site.browser().act(&Act::new().set("name", "Eve").status(status))?.is(status)?;
        page.sets_no_cookie(site.cookie())?;
        let page = site.browser().act(&Act::new().login("ada").status(status))?.is(status)?;
        page.sets_no_cookie(site.cookie())?;
        same(&format!("the records after a {status}"), &site.store().len(), &0)?;
    }
    Ok(())
}

fn a_server_error_ends_no_session(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for word in ["logout", "destroy", "rotate"] {
        let page = ada.post(&Act::new().then(word, "").status(500))?.is(500)?;
        page.sets_no_cookie(site.cookie())?;
        same(&format!("who is there after `{word}` with a 500"), &ada.who()?, &"ada".to_owned())?;
    }
    Ok(())
}

fn an_error_of_the_session_saves_nothing(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    for (word, status) in [("demand", 401), ("fill", 413)] {
        visitor.post(&Act::new().set("name", "Eve").then(word, "big"))?.is(status)?;
        site.was_asked(&format!("a change that was answered {status}"), &[Load])?;
        still_ada(&site, &mut visitor, &format!("the handler returned an error, answered {status}"))?;
    }
    let page = site.browser().act(&Act::new().set("name", "Eve").then("demand", ""))?.is(401)?;
    page.sets_no_cookie(site.cookie())?;
    Ok(())
}

fn a_panic_saves_nothing(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    for _ in 0..3 {
        panics(&visitor)?;
        still_ada(&site, &mut visitor, "after a panic")?;
    }
    Ok(())
}

fn panics(browser: &Browser) -> Checked {
    let request = Request::act(&Act::new().set("name", "Eve").then("panic", ""));
    match browser.begin(&request)?.page_or_end()? {
        Some(page) if page.status < 500 => Err(page.seen("a panic is answered with a success")),
        _ => Ok(()),
    }
}

fn a_panic_begins_no_session(stage: &Stage) -> Checked {
    let site = stage.site()?;
    panics(&site.browser())?;
    // The next request shows that the server has come to the end of the last one.
    site.browser().act(&Act::new().owner())?.answers("nobody")?;
    same("the records after a panic", &site.store().len(), &0)
}

fn a_marked_response_saves_nothing(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    visitor.act(&Act::new().set("name", "Eve").then("discard", ""))?.is(200)?;
    site.was_asked("a change with a marked response", &[Load])?;
    still_ada(&site, &mut visitor, "the response was marked")?;
    let page = site.browser().act(&Act::new().set("name", "Eve").then("discard", ""))?.is(200)?;
    page.sets_no_cookie(site.cookie())?;
    same("the records after a marked response", &site.store().len(), &1)
}
