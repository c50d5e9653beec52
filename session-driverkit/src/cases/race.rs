//! Two requests at once on one session.

use crate::{
    case::{Checked, cases, check, same},
    client::Request,
    handler::{Act, Gate},
    site::Stage,
};

cases! {
    RACE_1: [two_writers_keep_both];
    RACE_2: [a_write_that_ends_after_the_sign_out_stays_dead];
    RACE_3: [a_late_page_is_shown_and_a_late_form_is_refused];
}

fn two_writers_keep_both(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (gate, mut ada) = (Gate::new(), site.ada()?);
    let write =
        |key: &str| Request::act(&Act::new().gate(&gate).set(key, "kept").add("n").then("say", "done"));
    let (left, right) = (ada.begin(&write("left"))?, ada.begin(&write("right"))?);
    check(gate.has_arrived(2, site.patience), || {
        "two requests on one session do not run at once".to_owned()
    })?;
    gate.open();
    left.page()?.is(200)?;
    right.page()?.is(200)?;
    ada.act(&Act::new().get("left").get("right").then("number", "n"))?.answers("kept kept 2")?;
    Ok(())
}

fn a_write_that_ends_after_the_sign_out_stays_dead(stage: &Stage) -> Checked {
    for (end, method) in ["logout", "destroy"].into_iter().flat_map(|end| [(end, "GET"), (end, "POST")]) {
        let site = stage.site()?;
        let (gate, mut ada) = (Gate::new(), site.ada()?);
        let mut old = ada.clone();
        let late = ada.begin(&Request::act(&Act::new().gate(&gate).set("name", "late")).method(method))?;
        check(gate.has_arrived(1, site.patience), || "the handler did not begin".to_owned())?;
        ada.act(&Act::new().then(end, ""))?.is(200)?;
        gate.open();
        late.page()?.is(409)?.sets_no_cookie(site.cookie())?;
        old.act(&Act::new().owner().get("name"))?.answers("nobody -")?;
        same("the sessions of ada", &site.sessions_of("ada")?, &0)?;
    }
    Ok(())
}

fn a_late_page_is_shown_and_a_late_form_is_refused(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.visitor()?;
    let late = Request::act(&Act::new().set("name", "late").then("say", "done"));
    let (page, form) = (ada.dressed(&late), ada.dressed(&late.method("POST")));
    ada.act(&Act::new().login("ada"))?.is(200)?;
    let records = site.store().len();
    site.send(&page)?.answers("done")?.sets_no_cookie(site.cookie())?;
    site.send(&form)?.is(409)?.sets_no_cookie(site.cookie())?;
    same("the records after late requests", &site.store().len(), &records)?;
    ada.act(&Act::new().owner().get("name"))?.answers("ada Ada")?;
    Ok(())
}
