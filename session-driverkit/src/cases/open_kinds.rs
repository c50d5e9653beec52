//! What a driver tells the core about a request.

use crate::{
    case::{Checked, cases, same},
    client::Request,
    handler::Act,
    site::Stage,
};

cases! {
    OPEN_8: [a_message_waits_for_somebody_who_sees_it];
    OPEN_9: [a_form_of_another_site_replaces_no_session, a_sign_in_from_another_site_gets_its_cookie];
    OPEN_10: [another_browser_with_the_cookie_is_nobody];
}

const ANDROID: &str = "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";

fn a_message_waits_for_somebody_who_sees_it(stage: &Stage) -> Checked {
    let looks: [(&str, &[(&str, &str)]); 5] = [
        ("HEAD", &[]),
        ("GET", &[("Sec-Purpose", "prefetch")]),
        ("GET", &[("Sec-Purpose", "prefetch;prerender")]),
        ("GET", &[("Purpose", "prefetch")]),
        ("GET", &[("X-Moz", "prefetch")]),
    ];
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let take = Request::act(&Act::new().then("flashes", ""));
    for (method, headers) in looks {
        ada.act(&Act::new().then("flash", "saved"))?.is(200)?;
        ada.send(&take.clone().method(method).headers(headers))?.is(200)?;
        let seen = ada.send(&take)?.is(200)?.text();
        same(&format!("the messages after {method} with {headers:?}"), &seen, &"[saved]".to_owned())?;
        let seen = ada.send(&take)?.is(200)?.text();
        same("the messages after a page that showed them", &seen, &"[]".to_owned())?;
    }
    Ok(())
}

const FROM_ELSEWHERE: [&[(&str, &str)]; 2] = [
    &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")],
    &[("Origin", "https://pay.example")],
];

fn a_form_of_another_site_replaces_no_session(stage: &Stage) -> Checked {
    for headers in FROM_ELSEWHERE {
        let site = stage.site()?;
        let mut ada = site.ada()?;
        let before = site.store().len();
        let post = Request::act(&Act::new().set("paid", "yes").then("arrival", "")).method("POST");
        let page = site.send(&post.headers(headers))?.answers("CrossSite")?;
        page.sets_no_cookie(site.cookie())?;
        same("the records after a form of another site", &site.store().len(), &before)?;
        same("the session of the browser", &ada.who()?, &"ada".to_owned())?;
    }
    Ok(())
}

fn a_sign_in_from_another_site_gets_its_cookie(stage: &Stage) -> Checked {
    for headers in FROM_ELSEWHERE {
        let site = stage.site()?;
        let mut ada = site.browser();
        let post = Request::act(&Act::new().login("ada")).method("POST").headers(headers);
        ada.send(&post)?.is(200)?.cookie(site.cookie())?;
        same("who signed in", &ada.who()?, &"ada".to_owned())?;
    }
    Ok(())
}

fn another_browser_with_the_cookie_is_nobody(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.browser();
    let from = |act: Act, agent: &str| Request::act(&act).header("User-Agent", agent);
    ada.send(&from(Act::new().login("ada"), ANDROID))?.is(200)?;
    for (agent, expected) in
        [(ANDROID, "ada"), (FIREFOX, "nobody"), ("curl/8.5.0", "nobody"), (ANDROID, "ada")]
    {
        // A copy, because the thief keeps what they get.
        let seen = ada.clone().send(&from(Act::new().owner(), agent))?.is(200)?.text();
        same(&format!("who is there with {agent:?}"), &seen, &expected.to_owned())?;
    }
    Ok(())
}
