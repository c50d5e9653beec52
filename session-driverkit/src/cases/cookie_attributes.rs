//! What the cookie looks like.

use std::time::Duration;

use session_core::config::{SameSite, Settings};

use crate::{
    case::{Checked, cases, check, same},
    client::{Cookie, Page},
    handler::Act,
    site::Stage,
};

cases! {
    COOKIE_2: [
        the_usual_attributes,
        the_configured_attributes,
        a_prefixed_name_is_kept,
        a_session_cookie_has_no_end_and_a_persistent_one_has,
    ];
    COOKIE_3: [a_sign_out_removes_the_cookie, the_removal_has_the_attributes];
    COOKIE_4: [a_cookie_of_the_handler_is_kept, several_cookies_of_the_handler_are_kept];
}

/// The attributes in an order of their own, without those that say how long it lives.
fn attributes(cookie: &Cookie) -> Vec<String> {
    let lasting = cookie.attributes.iter().filter(|attribute| {
        let name = attribute.split('=').next().unwrap_or_default();
        !["max-age", "expires"].contains(&name)
    });
    let mut attributes: Vec<String> = lasting.cloned().collect();
    attributes.sort_unstable();
    attributes
}

fn the_usual_attributes(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let cookie = site.browser().act(&Act::new().set("name", "Ada"))?.is(200)?.cookie(site.cookie())?;
    let expected = ["httponly", "path=/", "samesite=lax", "secure"].map(str::to_owned);
    same("the attributes of the cookie", &attributes(&cookie), &expected.to_vec())
}

fn elsewhere(settings: &mut Settings) {
    settings.cookie.name = "Shop".to_owned();
    settings.cookie.path = "/act".to_owned();
    settings.cookie.domain = Some("shop.test".to_owned());
    settings.cookie.same_site = SameSite::Strict;
    settings.cookie.secure = false;
}

const ELSEWHERE: [&str; 4] = ["domain=shop.test", "httponly", "path=/act", "samesite=strict"];

fn the_configured_attributes(stage: &Stage) -> Checked {
    let site = stage.site_with(elsewhere)?;
    let cookie = site.browser().act(&Act::new().set("name", "Ada"))?.is(200)?.cookie("Shop")?;
    same("the attributes of the cookie", &attributes(&cookie), &ELSEWHERE.map(str::to_owned).to_vec())
}

fn a_prefixed_name_is_kept(stage: &Stage) -> Checked {
    let site = stage.site_with(|settings| settings.cookie.name = "__Host-shop".to_owned())?;
    let mut ada = site.ada()?;
    same("who is there with a prefixed cookie", &ada.who()?, &"ada".to_owned())?;
    ada.post(&Act::new().then("logout", ""))?.is(200)?.removal("__Host-shop")?;
    Ok(())
}

fn a_session_cookie_has_no_end_and_a_persistent_one_has(stage: &Stage) -> Checked {
    for persistent in [false, true] {
        let site = stage.site_with(|settings| {
            settings.cookie.persistent = persistent;
            settings.absolute = Duration::from_secs(1000);
        })?;
        let cookie = site.browser().act(&Act::new().set("name", "Ada"))?.is(200)?.cookie(site.cookie())?;
        let has_end = cookie.attributes.iter().any(|attribute| attribute == "max-age=1000");
        check(has_end == persistent, || {
            format!("with `persistent = {persistent}` the attributes are {:?}", cookie.attributes)
        })?;
    }
    Ok(())
}

fn a_sign_out_removes_the_cookie(stage: &Stage) -> Checked {
    for word in ["logout", "destroy"] {
        let site = stage.site()?;
        let mut ada = site.ada()?;
        let mut old = ada.clone();
        ada.post(&Act::new().then(word, ""))?.is(200)?.removal(site.cookie())?;
        same("who has the removed cookie", &old.who()?, &"nobody".to_owned())?;
        same("the sessions of ada", &site.sessions_of("ada")?, &0)?;
    }
    Ok(())
}

fn the_removal_has_the_attributes(stage: &Stage) -> Checked {
    let site = stage.site_with(elsewhere)?;
    let mut ada = site.ada()?;
    let cookie = ada.post(&Act::new().then("destroy", ""))?.is(200)?.removal("Shop")?;
    same("the attributes of the removal", &attributes(&cookie), &ELSEWHERE.map(str::to_owned).to_vec())
}

fn kept(page: &Page, session: &str, expected: &[(&str, &str)]) -> Checked {
    page.cookie(session)?;
    for (name, value) in expected {
        let found: Vec<String> = page.cookies_of(name).into_iter().map(|cookie| cookie.value).collect();
        if found != [(*value).to_owned()] {
            return Err(page.seen(format!("the handler's cookie `{name}` has the values {found:?}")));
        }
    }
    Ok(())
}

fn a_cookie_of_the_handler_is_kept(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let act = Act::new().set("name", "Ada").header("set-cookie", "theme=dark; Path=/");
    let page = site.browser().act(&act)?.is(200)?;
    kept(&page, site.cookie(), &[("theme", "dark")])
}

fn several_cookies_of_the_handler_are_kept(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let act =
        Act::new().header("set-cookie", "theme=dark").header("set-cookie", "lang=de; Secure").login("bob");
    kept(&ada.act(&act)?.is(200)?, site.cookie(), &[("theme", "dark"), ("lang", "de")])?;
    let page = ada.act(&Act::new().header("set-cookie", "theme=light").owner())?.answers("bob")?;
    let theirs = page.cookies_of("theme").len();
    page.check(theirs == 1, format!("it has the handler's cookie {theirs} times"))?
        .sets_no_cookie(site.cookie())?;
    Ok(())
}
