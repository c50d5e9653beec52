//! Responses whose body comes later than their head.

use std::time::Duration;

use crate::{
    case::{Checked, cases, check, same},
    client::Request,
    handler::{Act, Gate},
    site::Stage,
};

cases! {
    STREAM_1: [the_head_of_a_stream_leaves_at_once];
    STREAM_2: [a_stream_saves_for_itself];
    STREAM_3: [a_stream_keeps_an_id_that_is_due];
}

fn the_head_of_a_stream_leaves_at_once(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (gate, mut browser) = (Gate::new(), site.browser());
    let act = Act::new().set("name", "Ada").then("say", "begun").head().gate(&gate).then("say", "-done");
    let mut response = browser.begin(&Request::act(&act))?;
    let head = response.head()?.is(200)?;
    head.cookie(site.cookie())?;
    browser.keep(&head);
    let seen = browser.act(&Act::new().get("name"))?.text();
    check(seen == "Ada", || format!("the head of a stream is there, and the next page reads {seen:?}"))?;
    gate.open();
    let body = response.body(head)?.text();
    same("the whole stream", &body, &"begun-done".to_owned())
}

fn a_stream_saves_for_itself(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (gate, mut visitor) = (Gate::new(), site.visitor()?);
    let act = Act::new().then("say", "begun").head().gate(&gate);
    let act = act.set("name", "saved").save().set("name", "lost").then("say", "-done");
    let mut response = visitor.begin(&Request::act(&act))?;
    let head = response.head()?.is(200)?;
    gate.open();
    same("the whole stream", &response.body(head)?.text(), &"begun-done".to_owned())?;
    visitor.act(&Act::new().get("name"))?.answers("saved")?;
    // Once more, so that whatever follows a stream has had its time.
    visitor.act(&Act::new().get("name"))?.answers("saved")?;
    Ok(())
}

fn a_stream_keeps_an_id_that_is_due(stage: &Stage) -> Checked {
    let site = stage.site_with(|settings| settings.rotate_after = Some(Duration::from_secs(60)))?;
    let (gate, mut ada) = (Gate::new(), site.ada()?);
    let act =
        Act::new().then("say", "begun").head().gate(&gate).set("name", "Ada").save().then("say", "-done");
    let mut response = ada.begin(&Request::act(&act))?;
    let head = response.head()?.is(200)?.sets_no_cookie(site.cookie())?;
    check(gate.has_arrived(1, site.patience), || "the stream did not begin".to_owned())?;
    site.pass(61);
    gate.open();
    same("the whole stream", &response.body(head)?.text(), &"begun-done".to_owned())?;
    // After the grace an id that was replaced opens nothing.
    site.pass(30);
    let page = ada.act(&Act::new().owner().get("name"))?.answers("ada Ada")?;
    page.cookie(site.cookie())?;
    Ok(())
}
