//! When a session is saved.

use std::time::Duration;

use session_core::store::Operation::{Commit, Create, Load, Touch};

use crate::{
    case::{Checked, cases, check, same},
    client::Request,
    handler::{Act, Gate},
    site::Stage,
    store::Odd,
};

cases! {
    SAVE_1: [a_new_session_is_stored_before_the_head, a_change_is_stored_before_the_head];
    SAVE_2: [reading_writes_nothing, a_change_is_one_write, a_use_is_noted_by_one_small_write];
    SAVE_6: [an_own_save_stays_whatever_follows, an_own_save_stays_though_the_last_one_fails];
    SAVE_8: [two_saves_at_once_are_one_change];
    SAVE_10: [a_refusal_that_its_handler_knows_is_not_answered_again];
}

/// Long enough for a head that leaves too early to arrive here.
const GLANCE: Duration = Duration::from_millis(60);

fn a_new_session_is_stored_before_the_head(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (gate, mut browser) = (Gate::new(), site.browser());
    site.store().next(Create, Odd::Hold(gate.clone()));
    let mut response = browser.begin(&Request::act(&Act::new().set("name", "Ada")))?;
    check(gate.has_arrived(1, site.patience), || "a new session was not stored".to_owned())?;
    let is_silent = response.is_silent(GLANCE)?;
    gate.open();
    check(is_silent, || "the head of the response was there while its session was being stored".to_owned())?;
    browser.keep(&response.page()?.is(200)?);
    browser.act(&Act::new().get("name"))?.answers("Ada")?;
    Ok(())
}

fn a_change_is_stored_before_the_head(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (gate, mut visitor) = (Gate::new(), site.visitor()?);
    site.store().next(Commit, Odd::Hold(gate.clone()));
    let mut response = visitor.begin(&Request::act(&Act::new().set("name", "Eve").status(303)))?;
    check(gate.has_arrived(1, site.patience), || "a change was not stored".to_owned())?;
    let is_silent = response.is_silent(GLANCE)?;
    // The page that a redirect leads to is asked for as soon as the head is there.
    let seen = if is_silent { None } else { Some(visitor.act(&Act::new().get("name"))?.text()) };
    gate.open();
    check(is_silent, || {
        format!("the redirect was there while its change was being stored; the next page read {seen:?}")
    })?;
    response.page()?.is(303)?;
    visitor.act(&Act::new().get("name"))?.answers("Eve")?;
    Ok(())
}

fn reading_writes_nothing(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    for status in [200, 303, 404, 500] {
        visitor.act(&Act::new().get("name").status(status))?.is(status)?;
        site.was_asked(&format!("a page that only reads, answered {status}"), &[Load])?;
    }
    Ok(())
}

fn a_change_is_one_write(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut browser = site.browser();
    browser.act(&Act::new().set("name", "Ada").set("cart", "tea"))?.is(200)?;
    site.was_asked("a first change", &[Create])?;
    for status in [200, 303, 404] {
        browser.post(&Act::new().add("n").set("cart", "milk").status(status))?.is(status)?;
        site.was_asked(&format!("a change, answered {status}"), &[Load, Commit])?;
    }
    browser.act(&Act::new().set("cart", "tea").save())?.is(200)?;
    site.was_asked("a change that its handler saved", &[Load, Commit])
}

fn a_use_is_noted_by_one_small_write(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    site.pass(31);
    visitor.act(&Act::new().get("name"))?.answers("Ada")?;
    site.was_asked("a page that only reads, after a tenth of the idle time", &[Load, Touch])
}

fn an_own_save_stays_whatever_follows(stage: &Stage) -> Checked {
    for end in ["status=502", "fill=big", "panic"] {
        let site = stage.site()?;
        let mut visitor = site.visitor()?;
        let mut old = visitor.clone();
        let (word, what) = end.split_once('=').unwrap_or((end, ""));
        let act = Act::new().login("ada").save().set("name", "Eve").then(word, what);
        let page = visitor.begin(&Request::act(&act))?.page_or_end()?;
        if let Some(page) = page {
            page.cookie(site.cookie())?;
            visitor.keep(&page);
            visitor.act(&Act::new().owner().get("name"))?.answers("ada Ada")?;
        }
        same(&format!("the sessions of ada after `{end}`"), &site.sessions_of("ada")?, &1)?;
        same("who the old id is", &old.who()?, &"nobody".to_owned())?;
    }
    Ok(())
}

fn an_own_save_stays_though_the_last_one_fails(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    site.store().next(Commit, Odd::Fail);
    let page = visitor.act(&Act::new().login("ada").save().set("name", "Eve"))?.is(503)?;
    page.cookie(site.cookie())?;
    site.store().up();
    visitor.act(&Act::new().owner().get("name"))?.answers("ada Ada")?;
    Ok(())
}

fn two_saves_at_once_are_one_change(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    let (first, second) = (Gate::new(), Gate::new());
    site.store().next(Commit, Odd::Hold(first.clone()));
    site.store().next(Commit, Odd::Hold(second.clone()));
    let response = visitor.begin(&Request::act(&Act::new().add("n").then("save-twice", "")))?;
    check(first.has_arrived(1, site.patience), || "nothing was saved".to_owned())?;
    let overlaps = second.has_arrived(1, GLANCE);
    first.open();
    second.open();
    check(!overlaps, || "two saves of one request were in the store at once".to_owned())?;
    response.page()?.answers("1")?;
    site.was_asked("an update that was saved twice at once", &[Load, Commit])?;
    visitor.act(&Act::new().then("number", "n"))?.answers("1")?;
    Ok(())
}

fn a_refusal_that_its_handler_knows_is_not_answered_again(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    site.store().read_only();
    visitor.act(&Act::new().set("name", "Eve").then("try-save", ""))?.answers("refused")?;
    let page = site.browser().act(&Act::new().set("name", "Eve").then("try-save", ""))?.answers("refused")?;
    page.sets_no_cookie(site.cookie())?;
    site.store().up();
    visitor.act(&Act::new().get("name"))?.answers("Ada")?;
    Ok(())
}
