//! The status of each failure that is not one of the store.

use std::num::NonZeroU32;

use session_core::store::OnFull;

use crate::{
    case::{Checked, cases, check},
    client::Request,
    handler::{Act, Gate},
    site::Stage,
};

cases! {
    FAIL_5: [a_change_after_the_end_is_a_conflict];
    FAIL_6: [a_session_that_is_too_large_is_a_413];
    FAIL_7: [who_is_not_signed_in_gets_a_challenge];
    FAIL_10: [who_signed_in_long_ago_is_refused, who_signed_in_too_weakly_is_refused];
    FAIL_11: [one_session_too_many_is_refused];
}

fn a_change_after_the_end_is_a_conflict(stage: &Stage) -> Checked {
    for end in ["logout", "destroy", "rotate"] {
        let site = stage.site()?;
        let (gate, mut ada) = (Gate::new(), site.ada()?);
        let late = ada.begin(&Request::act(&Act::new().gate(&gate).set("name", "Eve")).method("POST"))?;
        check(gate.has_arrived(1, site.patience), || "the handler did not begin".to_owned())?;
        ada.post(&Act::new().then(end, ""))?.is(200)?;
        gate.open();
        late.page()?.is(409)?.sets_no_cookie(site.cookie())?;
    }
    Ok(())
}

fn a_session_that_is_too_large_is_a_413(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    visitor.post(&Act::new().then("fill", "big"))?.is(413)?;
    visitor.act(&Act::new().get("name"))?.answers("Ada")?;
    Ok(())
}

fn who_is_not_signed_in_gets_a_challenge(stage: &Stage) -> Checked {
    let site = stage.site()?;
    for mut browser in [site.browser(), site.visitor()?] {
        let page = browser.act(&Act::new().then("demand", ""))?.is(401)?;
        let is_so = !page.header("www-authenticate").is_empty();
        page.check(is_so, "it has no `WWW-Authenticate`")?;
    }
    site.ada()?.act(&Act::new().then("demand", "").owner())?.answers("ada")?;
    Ok(())
}

fn who_signed_in_long_ago_is_refused(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    ada.post(&Act::new().then("fresh", 60).owner())?.answers("ada")?;
    site.pass(61);
    ada.post(&Act::new().set("name", "Eve").then("fresh", 60))?.is(403)?;
    ada.post(&Act::new().then("fresh", 600).owner().get("name"))?.answers("ada -")?;
    Ok(())
}

fn who_signed_in_too_weakly_is_refused(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    ada.post(&Act::new().set("name", "Eve").then("level", 1))?.is(403)?;
    ada.post(&Act::new().then("level", 0).owner().get("name"))?.answers("ada -")?;
    Ok(())
}

fn one_session_too_many_is_refused(stage: &Stage) -> Checked {
    let site = stage.site_with(|settings| {
        settings.max_sessions = NonZeroU32::new(1);
        settings.on_full = OnFull::Refuse;
    })?;
    let (mut ada, mut phone) = (site.ada()?, site.visitor()?);
    for act in [Act::new().login("ada"), Act::new().login("ada").save()] {
        phone.post(&act)?.is(409)?.sets_no_cookie(site.cookie())?;
        phone.act(&Act::new().owner().get("name"))?.answers("nobody Ada")?;
    }
    ada.act(&Act::new().owner())?.answers("ada")?;
    Ok(())
}
