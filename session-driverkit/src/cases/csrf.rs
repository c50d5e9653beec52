//! The protection against forms of other sites: what passes.

use crate::{
    case::{Checked, cases, same},
    client::{Browser, Request},
    handler::Act,
    site::{Site, Stage},
};

cases! {
    CSRF_1: [safe_methods_pass];
    CSRF_2: [every_other_method_needs_the_token, a_wrong_token_is_refused];
    CSRF_3: [where_it_comes_from_counts_although_the_token_is_good];
    CSRF_6: [the_token_of_another_session_is_refused, a_sign_in_ends_the_tokens_of_before];
    CSRF_9: [a_form_of_an_owner_who_is_signed_out_requires_a_sign_in];
    CSRF_7: [looking_at_a_form_stores_nothing, a_visitor_sends_the_first_form, the_token_of_another_visitor_is_refused];
}

/// A token of the browser's session.
pub(super) fn token(browser: &mut Browser) -> Checked<String> {
    Ok(browser.act(&Act::new().then("token", ""))?.is(200)?.text())
}

/// A request that changes the session, behind the protection.
fn change() -> Request {
    Request::guarded(&Act::new().set("name", "Eve").then("say", "done"))
}

fn is_refused(site: &Site, browser: &mut Browser, request: &Request) -> Checked {
    let page = browser.send(request)?.is(403)?;
    let tells = page.text().contains("done");
    page.check(!tells, "the handler ran")?.sets_no_cookie(site.cookie())?;
    browser.act(&Act::new().get("name"))?.answers("Ada")?;
    Ok(())
}

fn safe_methods_pass(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    for method in ["GET", "HEAD", "OPTIONS"] {
        let request = Request::guarded(&Act::new().get("name")).method(method);
        for from in ["same-origin", "cross-site", "none"] {
            let page = visitor.send(&request.clone().header("Sec-Fetch-Site", from))?.is(200)?;
            if method == "GET" {
                page.answers("Ada")?;
            }
        }
    }
    Ok(())
}

fn every_other_method_needs_the_token(stage: &Stage) -> Checked {
    let site = stage.site()?;
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let mut visitor = site.visitor()?;
        is_refused(&site, &mut visitor, &change().method(method))?;
        let token = token(&mut visitor)?;
        let request = change().method(method).header("X-CSRF-Token", token);
        visitor.send(&request)?.answers("done")?;
        visitor.act(&Act::new().get("name"))?.answers("Eve")?;
    }
    Ok(())
}

fn a_wrong_token_is_refused(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    let good = token(&mut visitor)?;
    let first = if good.starts_with('A') { "B" } else { "A" };
    let flipped = format!("{first}{}", good.get(1..).unwrap_or_default());
    let longer = format!("{good}A");
    for wrong in ["", "x", "null", &flipped, &longer] {
        is_refused(&site, &mut visitor, &change().header("X-CSRF-Token", wrong))?;
        is_refused(&site, &mut visitor, &change().form(&format!("_csrf={wrong}")))?;
        // The header decides where there is one.
        let both = change().header("X-CSRF-Token", wrong).form(&format!("_csrf={good}"));
        is_refused(&site, &mut visitor, &both)?;
    }
    Ok(())
}

fn where_it_comes_from_counts_although_the_token_is_good(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let rows: [(&[(&str, &str)], bool); 9] = [
        (&[], true),
        (&[("Sec-Fetch-Site", "same-origin")], true),
        (&[("Sec-Fetch-Site", "none")], true),
        (&[("Origin", "https://shop.test")], true),
        (&[("Sec-Fetch-Site", "same-site")], false),
        (&[("Sec-Fetch-Site", "cross-site")], false),
        (&[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://shop.test")], false),
        (&[("Origin", "https://evil.example")], false),
        (&[("Origin", "null")], false),
    ];
    for (headers, passes) in rows {
        let mut visitor = site.visitor()?;
        let token = token(&mut visitor)?;
        site.store().asked();
        let request = change().headers(headers).header("X-CSRF-Token", token);
        if passes {
            visitor.send(&request)?.answers("done")?;
        } else {
            visitor.send(&request)?.is(403)?;
            site.was_asked(&format!("a form of another origin, with {headers:?}"), &[])?;
            visitor.act(&Act::new().get("name"))?.answers("Ada")?;
        }
    }
    Ok(())
}

fn the_token_of_another_session_is_refused(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (mut visitor, mut eve) = (site.visitor()?, site.visitor()?);
    let others = token(&mut eve)?;
    is_refused(&site, &mut visitor, &change().header("X-CSRF-Token", &others))?;
    // Also when the session has a token of its own.
    token(&mut visitor)?;
    is_refused(&site, &mut visitor, &change().header("X-CSRF-Token", &others))?;
    is_refused(&site, &mut visitor, &change().form(&format!("_csrf={others}")))?;
    eve.send(&change().header("X-CSRF-Token", &others))?.answers("done")?;
    // Without the cookie the token is nothing.
    site.send(&change().header("X-CSRF-Token", others))?.is(403)?;
    Ok(())
}

fn a_form_of_an_owner_who_is_signed_out_requires_a_sign_in(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.signed_in("ada")?;
    let token = token(&mut ada)?;
    ada.send(&change().header("X-CSRF-Token", &token))?.answers("done")?;
    let mut visitor = site.visitor()?;
    visitor.act(&Act::new().then("token", ""))?.is(200)?;
    let mut ended = ada.clone();
    ada.act(&Act::new().then("logout", ""))?.is(200)?;
    let form = format!("_csrf={token}");
    // The browser that has signed out, another tab, one that has no cookie, and one with another session meanwhile.
    for browser in [&mut ada, &mut ended, &mut site.browser(), &mut visitor] {
        for request in [change().header("X-CSRF-Token", &token), change().form(&form)] {
            let page = browser.send(&request)?.is(401)?;
            let tells = page.text().contains("done");
            page.check(!tells, "the handler ran")?;
        }
        // Another site learns nothing of it.
        let foreign = change().header("Sec-Fetch-Site", "cross-site").form(&form);
        browser.send(&foreign)?.is(403)?;
    }
    // A session with another owner, and a form that was made for nobody.
    site.signed_in("eve")?.send(&change().form(&form))?.is(403)?;
    is_refused(&site, &mut visitor, &change().form("_csrf=x"))
}

fn a_sign_in_ends_the_tokens_of_before(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.visitor()?;
    let before = token(&mut ada)?;
    let sign_in = Request::guarded(&Act::new().login("ada")).form(&format!("_csrf={before}"));
    ada.send(&sign_in)?.is(200)?;
    is_refused(&site, &mut ada, &change().header("X-CSRF-Token", before))?;
    let after = token(&mut ada)?;
    ada.send(&change().header("X-CSRF-Token", after))?.answers("done")?;
    Ok(())
}

fn looking_at_a_form_stores_nothing(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let form = Request::act(&Act::new().then("token", ""));
    for request in [form.clone(), form.clone().header("Sec-Purpose", "prefetch"), form.method("HEAD")] {
        site.send(&request)?.is(200)?.sets_no_cookie(site.cookie())?;
        site.was_asked("a visitor that looks at a form", &[])?;
    }
    same("the records after looks at a form", &site.store().len(), &0)
}

fn a_visitor_sends_the_first_form(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.browser();
    let page = visitor.act(&Act::new().then("token", ""))?.is(200)?;
    let cookie = page.cookie(&site.form_cookie())?;
    let is_guarded = ["secure", "httponly", "path=/"].map(str::to_owned);
    let is_guarded = is_guarded.iter().all(|attribute| cookie.attributes.contains(attribute));
    let text = page.text();
    page.check(is_guarded, format!("the cookie of the form has the attributes {:?}", cookie.attributes))?;
    // A second tab gets no second cookie.
    let second = visitor.act(&Act::new().then("token", ""))?.is(200)?;
    let cookies = second.cookies().len();
    let second_text = second.text();
    second.check(cookies == 0, format!("a second form sends {cookies} cookies"))?;
    for text in [text, second_text] {
        visitor.clone().send(&change().form(&format!("_csrf={text}")))?.answers("done")?;
    }
    Ok(())
}

fn the_token_of_another_visitor_is_refused(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let (mut one, mut two) = (site.browser(), site.browser());
    let (own, others) = (token(&mut one)?, token(&mut two)?);
    site.send(&change().form(&format!("_csrf={own}")))?.is(403)?;
    one.send(&change().form(&format!("_csrf={others}")))?.is(403)?.sets_no_cookie(site.cookie())?;
    same("the records after refused forms", &site.store().len(), &0)?;
    one.send(&change().form(&format!("_csrf={own}")))?.answers("done")?;
    Ok(())
}
