use std::time::Duration;

use alo_session::{SessionConfig, config::Settings};
use serde_json::Value;

use crate::{
    profile::Profile,
    site::{Kind, Site},
};

/// A case on one store: the address of the driver, and where the sessions are.
pub(crate) type Case = fn(&str, Kind);

pub(crate) const CASES: [(&str, Case); 8] = [
    ("the_cookie_is_as_the_browser_shall_hold_it", the_cookie_is_as_the_browser_shall_hold_it),
    (
        "the_cookie_of_the_hardened_preset_is_set_and_removed",
        the_cookie_of_the_hardened_preset_is_set_and_removed,
    ),
    ("signing_in_while_another_tab_posts", signing_in_while_another_tab_posts),
    ("the_back_button_after_signing_out_shows_nothing", the_back_button_after_signing_out_shows_nothing),
    ("a_form_without_its_token_is_refused", a_form_without_its_token_is_refused),
    ("two_tabs_that_meet_a_rotation_keep_both_writes", two_tabs_that_meet_a_rotation_keep_both_writes),
    ("signing_out_everywhere_ends_the_other_device", signing_out_everywhere_ends_the_other_device),
    ("one_device_is_ended_by_another", one_device_is_ended_by_another),
];

/// When an id is replaced, and for how long the old one still works: time enough for two clicks on a busy machine.
const AGE: Duration = Duration::from_secs(3);

const ADD: [&str; 2] = ["ul.products li:nth-child(1) button", "ul.products li:nth-child(2) button"];

/// A site without TLS, with some settings changed.
fn site(kind: Kind, change: impl FnOnce(&mut Settings)) -> Site {
    let plain = SessionConfig::with(|settings| settings.cookie.secure = false).unwrap();
    Site::start(kind, plain.change(change).unwrap())
}

fn sign_in(profile: &Profile, name: &str) {
    profile.open("/sign-in");
    profile.fill("#name", name);
    profile.follow("main form button");
    assert!(profile.text().contains(&format!("Hello, {name}")), "{}", profile.text());
}

fn the_cookie_is_as_the_browser_shall_hold_it(driver: &str, kind: Kind) {
    for secure in [false, true] {
        let site = site(kind, |settings| settings.cookie.secure = secure);
        let profile = Profile::new(driver, &site.address);
        profile.open("/");
        let cookies = profile.cookies();
        let [cookie] = cookies.as_slice() else { panic!("one cookie: {cookies:?}") };
        assert_eq!(cookie["name"], "AloSession");
        assert_eq!((&cookie["httpOnly"], &cookie["secure"]), (&Value::Bool(true), &Value::Bool(secure)));
        assert_eq!((&cookie["sameSite"], &cookie["path"]), (&Value::from("Lax"), &Value::from("/")));
        assert_eq!(cookie["domain"], "localhost", "for this host alone");
        assert_eq!(profile.run("return document.cookie"), "", "no script of the page sees it");
        profile.open("/");
        assert!(profile.text().contains("2 times"), "{}", profile.text());
        profile.photograph(&format!("{}-home", kind.name()));
    }
}

fn the_cookie_of_the_hardened_preset_is_set_and_removed(driver: &str, kind: Kind) {
    let site = Site::start(kind, SessionConfig::hardened());
    let profile = Profile::new(driver, &site.address);
    profile.open("/");
    let cookies = profile.cookies();
    let [cookie] = cookies.as_slice() else { panic!("one cookie: {cookies:?}") };
    assert!(cookie["name"].as_str().unwrap().starts_with("__Host-"), "{cookie}");
    assert_eq!((&cookie["secure"], &cookie["httpOnly"]), (&Value::Bool(true), &Value::Bool(true)));
    assert!(cookie["expiry"].is_null(), "it goes with the browser");
    profile.open("/session");
    profile.follow("form[action='/session/end'] button");
    assert_eq!(profile.cookies(), Vec::<Value>::new(), "really removed");
    profile.open("/");
    assert!(profile.text().contains("first visit"), "{}", profile.text());
}

fn signing_in_while_another_tab_posts(driver: &str, kind: Kind) {
    let site = site(kind, |_| {});
    let profile = Profile::new(driver, &site.address);
    // The visit is counted. Without a session each of two requests at once would begin one, and the browser keeps one cookie.
    profile.open("/");
    profile.open("/sign-in");
    profile.fill("#name", "Ada");
    let (first, second) = profile.another_tab();
    profile.open("/shop");
    profile.switch(&first);
    profile.click("main form button");
    profile.switch(&second);
    profile.follow(ADD[0]);
    let (text, path) = (profile.text(), profile.path());
    let added = path == "/shop" || path == "/cart";
    profile.switch(&first);
    profile.until("Ada is signed in", || profile.text().contains("Hello, Ada"));
    profile.open("/cart");
    let kept = !profile.text().contains("nothing in it");
    // In either order: a change that was acknowledged is stored, and one that was refused is not.
    assert_eq!(added, kept, "the other tab was answered at {path}: {text}\nthe cart: {}", profile.text());
    assert!(profile.text().contains("Ada"), "{}", profile.text());
}

fn the_back_button_after_signing_out_shows_nothing(driver: &str, kind: Kind) {
    let site = site(kind, |_| {});
    let profile = Profile::new(driver, &site.address);
    sign_in(&profile, "Ada");
    profile.open("/session");
    assert!(profile.text().contains("Ada"));
    profile.open("/shop");
    profile.follow("form[action='/sign-out'] button");
    assert!(profile.text().contains("signed out"), "{}", profile.text());
    profile.back("/shop");
    profile.back("/session");
    assert!(!profile.text().contains("Ada"), "{}", profile.text());
    profile.photograph(&format!("{}-back", kind.name()));
}

fn a_form_without_its_token_is_refused(driver: &str, kind: Kind) {
    let site = site(kind, |_| {});
    let profile = Profile::new(driver, &site.address);
    profile.open("/shop");
    profile.run("document.querySelectorAll('input[name=_csrf]').forEach(input => input.remove())");
    profile.follow(ADD[0]);
    assert!(
        profile.text().contains("403") || profile.text().to_lowercase().contains("refused"),
        "{}",
        profile.text()
    );
    profile.photograph(&format!("{}-refused", kind.name()));
    profile.open("/cart");
    assert!(profile.text().contains("nothing in it"), "{}", profile.text());
}

fn two_tabs_that_meet_a_rotation_keep_both_writes(driver: &str, kind: Kind) {
    let site = site(kind, |settings| {
        settings.rotate_after = Some(AGE);
        settings.grace = AGE;
    });
    let profile = Profile::new(driver, &site.address);
    // The front page counts visits, so there is a session; the shop alone needs none.
    profile.open("/");
    profile.open("/shop");
    let before = session_cookie(&profile);
    let (first, second) = profile.another_tab();
    profile.open("/shop");
    // The id becomes old enough to be replaced.
    std::thread::sleep(AGE + Duration::from_millis(100));
    profile.click(ADD[1]);
    profile.switch(&first);
    profile.click(ADD[0]);
    for tab in [&first, &second] {
        profile.switch(tab);
        profile.until("the item was added", || {
            profile.text().contains("Cart 1") || profile.text().contains("Cart 2")
        });
    }
    profile.open("/cart");
    assert!(profile.text().contains("Cart 2"), "{}", profile.text());
    assert!(before.is_some() && session_cookie(&profile) != before, "the id was replaced");
}

fn signing_out_everywhere_ends_the_other_device(driver: &str, kind: Kind) {
    let site = site(kind, |_| {});
    let (laptop, phone) = (Profile::new(driver, &site.address), Profile::new(driver, &site.address));
    sign_in(&laptop, "Ada");
    sign_in(&phone, "Ada");
    // The page is open with a form that would still be accepted.
    phone.open("/shop");
    laptop.open("/devices");
    assert_eq!(devices(&laptop), 2);
    laptop.photograph(&format!("{}-devices", kind.name()));
    laptop.follow("form[action='/devices/end-all'] button");
    assert_eq!(session_cookie(&laptop), None, "the browser forgets its cookie");
    phone.follow(ADD[0]);
    assert!(!phone.text().contains("Ada"), "{}", phone.text());
    for profile in [&laptop, &phone] {
        profile.open("/");
        assert!(profile.text().contains("Hello, stranger"), "{}", profile.text());
        profile.open("/cart");
        assert!(profile.text().contains("nothing in it"), "{}", profile.text());
    }
}

fn one_device_is_ended_by_another(driver: &str, kind: Kind) {
    let site = site(kind, |_| {});
    let (laptop, phone) = (Profile::new(driver, &site.address), Profile::new(driver, &site.address));
    sign_in(&phone, "Ada");
    sign_in(&laptop, "Ada");
    laptop.open("/devices");
    // Newest first, so that the second is the phone.
    laptop.follow("ul.devices li:nth-child(2) form button");
    assert_eq!(devices(&laptop), 1);
    phone.open("/");
    assert!(phone.text().contains("Hello, stranger"), "{}", phone.text());
    sign_in(&phone, "Ada");
    laptop.open("/devices");
    laptop.follow("form[action='/devices/end-others'] button");
    assert_eq!(devices(&laptop), 1);
    phone.open("/");
    assert!(phone.text().contains("Hello, stranger"), "{}", phone.text());
    laptop.open("/");
    assert!(laptop.text().contains("Hello, Ada"), "{}", laptop.text());
}

/// Returns the value of the session's cookie. The tokens of a visitor's forms have one of their own.
fn session_cookie(profile: &Profile) -> Option<Value> {
    let cookies = profile.cookies();
    cookies.iter().find(|cookie| cookie["name"] == "AloSession").map(|cookie| cookie["value"].clone())
}

/// Returns the number of devices that the page lists.
fn devices(profile: &Profile) -> u64 {
    profile.run("return document.querySelectorAll('ul.devices > li').length").as_u64().unwrap()
}
