//! What is in the log.

use super::csrf::token;
use crate::{
    case::{Checked, Seen, cases, check},
    client::{Browser, Request},
    handler::Act,
    run::Log,
    site::Stage,
};

cases! {
    LOG_1: [no_secret_is_logged];
}

fn no_secret_is_logged(stage: &Stage) -> Checked {
    if !Log::is_captured() {
        return Err(Seen::Unable("the program has a subscriber of its own for what is logged".to_owned()));
    }
    let site = stage.site()?;
    let (mut visitor, mut secrets) = (site.visitor()?, Vec::new());
    let note =
        |browser: &Browser, secrets: &mut Vec<String>| secrets.extend(browser.cookies.values().cloned());
    note(&visitor, &mut secrets);
    secrets.push(token(&mut visitor)?);
    visitor.act(&Act::new().login("ada"))?.is(200)?;
    note(&visitor, &mut secrets);
    secrets.push(token(&mut visitor)?);
    // What fails is what is logged.
    let mut eve = site.signed_in("eve")?;
    note(&eve, &mut secrets);
    let others = token(&mut eve)?;
    visitor.send(&Request::guarded(&Act::new()).form(&format!("_csrf={others}")))?.is(403)?;
    secrets.push(others);
    visitor.send(&Request::guarded(&Act::new()).header("X-CSRF-Token", "wrong"))?.is(403)?;
    site.store().read_only();
    visitor.act(&Act::new().set("name", "Eve"))?.is(503)?;
    site.store().down();
    visitor.act(&Act::new().owner())?.is(503)?;
    site.store().up();
    let programs = stage.site_with(|settings| settings.id_header = Some("X-Session-Id".to_owned()))?;
    let sign_in = Request::act(&Act::new().login("ada")).method("POST").header("X-Session-Id", "");
    secrets.push(programs.send(&sign_in)?.is(200)?.header("x-session-id"));
    let mut form = site.browser();
    secrets.push(token(&mut form)?);
    note(&form, &mut secrets);
    visitor.act(&Act::new().then("destroy", ""))?.is(200)?;
    if Log::is_empty() {
        return Err(Seen::Unable("nothing was logged at all".to_owned()));
    }
    secrets.retain(|secret| secret.len() >= 16);
    for secret in secrets {
        check(Log::line_with(&secret).is_none(), || {
            let line = Log::line_with(&secret).unwrap_or_default().replace(&secret, "…");
            format!("a secret is logged: {line}")
        })?;
    }
    Ok(())
}
