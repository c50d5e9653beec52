use crate::{browser::Browser, page::Page, server::Server};

fn signed_in(server: &Server, name: &str) -> Browser {
    let mut browser = server.browser();
    browser.sign_in(name).expect_redirect("/");
    browser
}

fn is_in(browser: &mut Browser) -> bool {
    browser.get("/").body.contains("Hello, Ada.")
}

/// The handles on the page, newest first.
fn handles(page: &Page) -> Vec<String> {
    let values = page.body.split(r#"name="handle" value=""#).skip(1);
    values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn the_devices_of_a_name_are_listed_and_this_one_is_marked() {
    let server = Server::start();
    let mut stranger = server.browser();
    stranger.get("/devices").expect(200, "Sign in to see where you are signed in.");
    let (mut one, other) = (signed_in(&server, "Ada"), signed_in(&server, "Ada"));
    signed_in(&server, "Bob");
    let page = one.get("/devices");
    assert_eq!(handles(&page).len(), 2);
    assert_eq!(page.body.matches("this one</span>").count(), 1);
    page.expect(200, "last seen <time datetime=");
    for cookie in [&one.cookie, &other.cookie] {
        let (_, id) = cookie.as_deref().unwrap().split_once('=').unwrap();
        assert!(!page.body.contains(id));
    }
}

#[test]
fn one_device_is_ended_by_its_owner_and_by_nobody_else() {
    let server = Server::start();
    let (mut one, mut other) = (signed_in(&server, "Ada"), signed_in(&server, "Ada"));
    let mut bob = signed_in(&server, "Bob");
    let newest = handles(&one.get("/devices")).remove(0);
    let form = [("handle", newest.as_str())];
    for wrong in [&mut bob, &mut server.browser()] {
        wrong.submit("/sign-in", "/devices/end", &form).expect_redirect("/devices");
        wrong.get("/sign-in").expect(200, "You have no such session");
    }
    assert!(is_in(&mut other));
    one.submit("/devices", "/devices/end", &form).expect_redirect("/devices");
    one.get("/devices").expect(200, " has ended.");
    assert!(!is_in(&mut other) && is_in(&mut one));
    one.submit("/devices", "/devices/end", &[("handle", "5a5a")]).expect(422, "The form is not complete");
    let own = handles(&one.get("/devices")).remove(0);
    one.submit("/devices", "/devices/end", &[("handle", &own)]).expect_redirect("/");
    one.get("/").expect(200, "You are signed out here.");
}

#[test]
fn all_but_this_one_are_ended() {
    let server = Server::start();
    let (mut one, mut other) = (signed_in(&server, "Ada"), signed_in(&server, "Ada"));
    one.submit("/devices", "/devices/end-others", &[]).expect_redirect("/devices");
    one.get("/devices").expect(200, "Ended elsewhere: 1.");
    assert!(!is_in(&mut other) && is_in(&mut one));
    server.browser().submit("/shop", "/devices/end-others", &[]).expect(403, "Please sign in first.");
}

#[test]
fn all_are_ended_by_whom_has_just_signed_in() {
    let server = Server::start();
    let (mut one, mut other) = (signed_in(&server, "Ada"), signed_in(&server, "Ada"));
    let page = server.browser().submit("/shop", "/devices/end-all", &[]);
    page.expect(403, "Please sign in again");
    page.expect(403, r#"<a class="button" href="/sign-in">"#);
    assert!(is_in(&mut other));
    one.submit("/devices", "/devices/end-all", &[]).expect_redirect("/session/ended");
    assert_eq!(one.cookie, None);
    assert!(!is_in(&mut other) && !is_in(&mut one));
}

#[test]
fn a_sixth_device_ends_the_oldest_and_says_so() {
    let server = Server::start();
    let mut browsers: Vec<_> = (0..6).map(|_| signed_in(&server, "Ada")).collect();
    let newest = browsers.last_mut().unwrap();
    assert_eq!(handles(&newest.get("/devices")).len(), 5);
    newest.get("/").expect(200, "Hello, Ada.");
    let present: Vec<_> = browsers.iter_mut().map(is_in).collect();
    assert_eq!(present, [false, true, true, true, true, true]);
    let mut seventh = signed_in(&server, "Ada");
    seventh.get("/").expect(200, "Your oldest session, ");
}

#[test]
fn who_wants_it_stays_signed_in_for_a_month() {
    let server = Server::start();
    let mut browser = server.browser();
    for (remember, expected) in [(Some("yes"), true), (None, false)] {
        let fields: Vec<_> =
            [("name", "Ada")].into_iter().chain(remember.map(|yes| ("remember", yes))).collect();
        let page = browser.submit("/sign-in", "/sign-in", &fields);
        page.expect_redirect("/");
        let cookie = page.header("set-cookie").unwrap();
        assert_eq!(cookie.contains("; Max-Age=2592000"), expected, "{cookie}");
        let page = browser.get("/session");
        assert_eq!(page.between("– in ", " unless").starts_with("29days"), expected, "{}", page.body);
    }
}
