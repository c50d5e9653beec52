use crate::{browser::Browser, server::Server};

#[test]
fn the_session_page_tells_what_there_is() {
    let server = Server::start();
    let mut browser = server.browser();
    let page = browser.get("/session");
    page.expect(200, "new with this page");
    page.expect(200, "Nothing yet.");
    browser.get("/");
    browser.add("mug");
    browser.sign_in("Ada").expect_redirect("/");

    let page = browser.get("/session");
    page.expect(200, "known from an earlier page");
    page.expect(200, "<strong>Ada</strong>, since <time datetime=");
    page.expect(200, "<code>{&quot;items&quot;:{&quot;mug&quot;:1}}</code>");
    page.expect(200, "&quot;visits&quot;: 1");
    let left = page.between("– in ", " unless you come back");
    assert!(left == "5m" || left.starts_with("4m 5"), "{left}");
    let id = browser.cookie.clone().unwrap();
    let (_, id) = id.split_once('=').unwrap();
    assert!(!page.body.contains(id));
}

#[test]
fn a_new_id_keeps_the_session_and_kills_the_old_one() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("mug");
    let mut copy = browser.clone();
    browser.submit("/session", "/session/new-id", &[]).expect_redirect("/session");
    browser.get("/session").expect(200, "Your session has a new id: it was ");
    browser.get("/cart").expect(200, "€12.90");
    copy.get("/cart").expect(200, "There is nothing in it yet");
}

#[test]
fn an_ended_session_is_gone_here_and_there() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("mug");
    let mut copy = browser.clone();
    browser.submit("/session", "/session/end", &[]).expect_redirect("/session/ended");
    assert_eq!(browser.cookie, None, "the browser was told to forget it");
    let page = browser.get("/session/ended");
    page.expect(200, "Your session has ended");
    assert_eq!(page.header("set-cookie"), None);
    copy.get("/cart").expect(200, "There is nothing in it yet");
}

#[test]
fn every_page_is_well_formed_for_those_who_listen() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("mug");
    browser.sign_in("Ada").expect_redirect("/");
    for path in
        ["/", "/shop", "/cart", "/order", "/sign-in", "/devices", "/session", "/session/ended", "/nowhere"]
    {
        check(&mut browser, path);
    }
}

fn check(browser: &mut Browser, path: &str) {
    let body = browser.get(path).body;
    let once = |text: &str| assert_eq!(body.matches(text).count(), 1, "{text} in {path}");
    ["<html lang=\"en\">", "<title>", "<h1>", "<main id=\"main\">", "<nav aria-label=", "href=\"#main\""]
        .iter()
        .for_each(|text| once(text));
    assert!(!body.contains("<script") && !body.contains("style=") && !body.contains(" onclick"));
    let fields = body.split("<input ").skip(1).map(|rest| rest.split('>').next().unwrap());
    for field in fields.filter(|field| !field.contains(r#"type="hidden""#)) {
        let id = field.split(r#"id=""#).nth(1).and_then(|rest| rest.split('"').next());
        once(&format!(r#"for="{}""#, id.expect("a field needs an id for its label")));
    }
}
