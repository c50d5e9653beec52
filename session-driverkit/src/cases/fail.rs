//! A store that fails.

use session_core::store::Operation::{Commit, Load};

use crate::{
    case::{Checked, cases, check, same},
    client::{Page, Request},
    handler::Act,
    site::Stage,
    store::{Odd, SERVER},
};

cases! {
    FAIL_1: [
        a_store_that_is_down_is_no_empty_session,
        a_load_whose_answer_was_lost_may_be_repeated,
        a_form_with_a_store_that_is_down_is_not_refused_for_its_token,
    ];
    FAIL_2: [a_change_that_cannot_be_stored_is_not_acknowledged];
    FAIL_3: [an_unknown_outcome_invites_nobody_to_repeat_it];
    FAIL_4: [a_record_that_cannot_be_read_stays];
    FAIL_12: [a_record_that_cannot_be_read_can_be_signed_out_of, a_sign_out_of_nobody_is_no_error];
    FAIL_8: [a_failure_tells_nothing_of_the_server];
    FAIL_9: [a_store_that_failed_to_load_is_left_alone, a_store_that_failed_to_save_is_left_alone];
}

fn may_be_repeated(page: Page) -> Checked<Page> {
    let after = page.header("retry-after");
    let is_so = after.parse::<u32>().is_ok();
    page.check(is_so, format!("it has `Retry-After: {after}`, and must have seconds there"))
}

fn a_store_that_is_down_is_no_empty_session(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for (method, act) in [
        ("GET", Act::new().owner()),
        ("POST", Act::new().set("name", "Eve")),
        ("POST", Act::new().login("eve")),
        ("GET", Act::new().header("set-cookie", "seen=yes").status(500)),
    ] {
        site.store().down();
        let page = ada.send(&Request::act(&act).method(method))?.is(503)?;
        let page = may_be_repeated(page)?.sets_no_cookie(site.cookie())?;
        let ran = !page.cookies().is_empty() || page.text().contains("nobody");
        page.check(!ran, "the handler ran, with another session than that of the cookie")?;
        site.store().up();
        same("who is there when the store is back", &ada.who()?, &"ada".to_owned())?;
    }
    same("the records", &site.store().len(), &1)
}

/// Reading has no effect, whether it was done or not.
fn a_load_whose_answer_was_lost_may_be_repeated(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    site.store().always(&[Load], &Odd::Lose);
    may_be_repeated(ada.act(&Act::new().owner())?.is(503)?)?;
    Ok(())
}

fn a_form_with_a_store_that_is_down_is_not_refused_for_its_token(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let token = ada.act(&Act::new().then("token", ""))?.is(200)?.text();
    site.store().down();
    let post = Request::guarded(&Act::new().set("name", "Eve")).header("X-CSRF-Token", token);
    may_be_repeated(ada.send(&post)?.is(503)?)?;
    Ok(())
}

fn a_change_that_cannot_be_stored_is_not_acknowledged(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    site.store().read_only();
    for status in [200, 303, 404] {
        let act =
            Act::new().set("name", "Eve").then("say", "thanks").header("location", "/done").status(status);
        let page = may_be_repeated(visitor.post(&act)?.is(503)?)?;
        let tells = page.text().contains("thanks") || !page.header("location").is_empty();
        page.check(!tells, "it has what the handler answered, as if the change had been stored")?;
    }
    // Looking needs no write.
    site.pass(200);
    visitor.act(&Act::new().get("name"))?.answers("Ada")?;
    Ok(())
}

fn an_unknown_outcome_invites_nobody_to_repeat_it(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    site.store().next(Load, Odd::Pass);
    site.store().next(Commit, Odd::Lose);
    site.store().down();
    let page = visitor.post(&Act::new().add("n"))?.is(503)?;
    let after = page.header("retry-after");
    page.check(after.is_empty(), format!("it has `Retry-After: {after}`, although the change was stored"))?;
    site.store().up();
    visitor.act(&Act::new().then("number", "n"))?.answers("1")?;
    Ok(())
}

fn a_record_that_cannot_be_read_stays(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    for (method, act) in [
        ("GET", Act::new().get("name")),
        ("POST", Act::new().set("name", "Eve")),
        ("POST", Act::new().login("eve")),
    ] {
        site.store().always(&[Load], &Odd::Damage);
        let page = visitor.send(&Request::act(&act).method(method))?.is(500)?;
        page.sets_no_cookie(site.cookie())?;
        site.store().up();
        visitor.act(&Act::new().get("name"))?.answers("Ada")?;
    }
    same("the records", &site.store().len(), &1)
}

fn a_record_that_cannot_be_read_can_be_signed_out_of(stage: &Stage) -> Checked {
    for is_readable in [false, true] {
        let site = stage.site()?;
        let mut ada = site.ada()?;
        let mut old = ada.clone();
        if !is_readable {
            site.store().always(&[Load], &Odd::Damage);
            ada.act(&Act::new().owner())?.is(500)?;
        }
        let page = ada.send(&Request::new("POST", "/forget"))?.is(200)?;
        page.removal(site.cookie())?;
        let is_kept = !page.says("cache-control", "no-store");
        page.check(!is_kept, "a cache may keep it")?;
        site.store().up();
        same("the sessions of ada", &site.sessions_of("ada")?, &0)?;
        same("who has the old cookie", &old.who()?, &"nobody".to_owned())?;
    }
    Ok(())
}

fn a_sign_out_of_nobody_is_no_error(stage: &Stage) -> Checked {
    let site = stage.site()?;
    site.send(&Request::new("POST", "/forget"))?.is(200)?;
    same("the records", &site.store().len(), &0)
}

fn a_failure_tells_nothing_of_the_server(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let id = ada.cookies.get(site.cookie()).cloned().unwrap_or_default();
    let tell = |page: Page| {
        let whole = page.whole();
        let address = SERVER.split(' ').next().unwrap_or(SERVER);
        check(!whole.contains(address), || format!("a failure tells where the store is: {whole}"))?;
        check(!whole.contains(&id), || format!("a failure tells the id of the session: {whole}"))
    };
    site.store().read_only();
    tell(ada.act(&Act::new().set("name", "Eve"))?.is(503)?)?;
    tell(ada.act(&Act::new().set("name", "Eve").save())?.is(503)?)?;
    site.store().down();
    tell(ada.act(&Act::new().owner())?.is(503)?)?;
    site.store().up();
    site.store().always(&[Load], &Odd::Damage);
    tell(ada.act(&Act::new().owner())?.is(500)?)
}

fn a_store_that_failed_to_load_is_left_alone(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    site.pass(200);
    site.store().down();
    ada.act(&Act::new().set("name", "Eve"))?.is(503)?;
    site.was_asked("a request whose session could not be loaded", &[Load])
}

fn a_store_that_failed_to_save_is_left_alone(stage: &Stage) -> Checked {
    for act in [Act::new().set("name", "Eve"), Act::new().set("name", "Eve").save()] {
        let site = stage.site()?;
        let mut visitor = site.visitor()?;
        site.pass(200);
        site.store().read_only();
        visitor.act(&act)?.is(503)?;
        site.was_asked("a request whose session could not be saved", &[Load, Commit])?;
    }
    Ok(())
}
