//! What a browser does by itself every day: none of it signs anybody out.

use alo_session::{
    config::Settings,
    observe::{Event, Rejection},
};
use serde_json::Value;

use crate::{profile::Profile, shop::Shop};

/// A case, given the address of the driver.
pub(crate) type Everyday = fn(&str);

pub(crate) const EVERYDAY: [(&str, Everyday); 13] = [
    ("a_websocket_opens_from_its_own_page_alone", a_websocket_opens_from_its_own_page_alone),
    ("an_event_source_keeps_the_session", an_event_source_keeps_the_session),
    ("a_beacon_is_a_form_like_any_other", a_beacon_is_a_form_like_any_other),
    ("a_video_and_its_ranges_keep_the_session", a_video_and_its_ranges_keep_the_session),
    (
        "a_script_with_a_language_of_its_own_keeps_the_session",
        a_script_with_a_language_of_its_own_keeps_the_session,
    ),
    ("back_and_forward_show_no_stale_page", back_and_forward_show_no_stale_page),
    ("two_submits_of_one_sign_in_end_signed_in", two_submits_of_one_sign_in_end_signed_in),
    ("a_submit_after_the_answer_was_made_ends_signed_in", a_submit_after_the_answer_was_made_ends_signed_in),
    ("another_browser_with_the_cookie_is_noticed", another_browser_with_the_cookie_is_noticed),
    ("plain_http_on_a_name_is_explained_once", plain_http_on_a_name_is_explained_once),
    ("a_prefetch_eats_no_message", a_prefetch_eats_no_message),
    ("coming_back_from_another_site_keeps_the_session", coming_back_from_another_site_keeps_the_session),
    ("a_browser_that_was_updated_keeps_the_session", a_browser_that_was_updated_keeps_the_session),
];

fn insecure(settings: &mut Settings) {
    settings.cookie.secure = false;
}

/// A browser in which Ada is signed in on the shop at this host.
fn ada(driver: &str, shop: &Shop, host: &str) -> Profile {
    let profile = Profile::new(driver, &shop.at(host));
    sign_in(&profile);
    assert_eq!(who(&profile), "ada 0");
    profile
}

fn sign_in(profile: &Profile) {
    profile.open("/sign-in");
    profile.follow("#in button");
}

fn who(profile: &Profile) -> String {
    profile.open("/who");
    profile.text()
}

/// What a websocket to this address says from the page that is open, or `refused`.
fn socket(profile: &Profile, url: &str) -> Value {
    profile.result_of(&format!(
        "const socket = new WebSocket('{url}'); socket.onopen = () => socket.send('who'); \
         socket.onmessage = (event) => {{ done(event.data); socket.close() }}; socket.onerror = () => done('refused')"
    ))
}

fn a_websocket_opens_from_its_own_page_alone(driver: &str) {
    let shop = Shop::start(|_| {});
    let url = format!("ws://localhost:{}/ws", shop.port);
    let profile = ada(driver, &shop, "localhost");
    assert_eq!(socket(&profile, &url), "ada true");
    profile.open_elsewhere(&format!("{}/page/x", shop.at("evil.test")));
    assert_eq!(socket(&profile, &url), "refused");
    assert_eq!(who(&profile), "ada 0");
    // Two hosts of one site: the cookie goes along, and the handshake is refused all the same.
    let shop = Shop::start(|settings| {
        insecure(settings);
        settings.cookie.domain = Some("shop.test".to_owned());
    });
    let url = format!("ws://www.shop.test:{}/ws", shop.port);
    let profile = ada(driver, &shop, "www.shop.test");
    assert_eq!(socket(&profile, &url), "ada true");
    profile.open_elsewhere(&format!("{}/page/x", shop.at("user.shop.test")));
    assert_eq!(socket(&profile, &url), "refused");
}

fn an_event_source_keeps_the_session(driver: &str) {
    let shop = Shop::start(|_| {});
    let profile = ada(driver, &shop, "localhost");
    let heard = profile.result_of(
        "const source = new EventSource('/events'); \
         source.onmessage = (event) => { done(event.data); source.close() }; source.onerror = () => done('failed')",
    );
    assert_eq!(heard, "ada");
    assert_eq!(who(&profile), "ada 0");
}

fn a_beacon_is_a_form_like_any_other(driver: &str) {
    let shop = Shop::start(|_| {});
    let profile = ada(driver, &shop, "localhost");
    profile.open("/");
    let sent = profile.run(
        "const token = document.querySelector('input[name=_csrf]').value; \
         return navigator.sendBeacon('/write', new URLSearchParams({_csrf: token})) \
         && navigator.sendBeacon('/write', 'no token')",
    );
    assert_eq!(sent, true);
    profile.until("both beacons have arrived", || shop.seen("/write").len() == 2);
    profile.until("the good one is stored", || who(&profile) == "ada 1");
    assert_eq!(who(&profile), "ada 1", "the other was refused");
}

fn a_video_and_its_ranges_keep_the_session(driver: &str) {
    let shop = Shop::start(|_| {});
    let profile = ada(driver, &shop, "localhost");
    profile.open("/");
    profile.result_of(
        "const video = document.createElement('video'); video.onerror = () => done('not a video'); \
         video.onloadedmetadata = () => done('a video'); video.preload = 'auto'; video.src = '/video'; \
         document.body.append(video); video.load()",
    );
    let requests = shop.seen("/video");
    assert!(requests.iter().any(|request| request.headers.contains_key("range")), "{requests:?}");
    assert_eq!(who(&profile), "ada 0");
}

fn a_script_with_a_language_of_its_own_keeps_the_session(driver: &str) {
    let shop = Shop::start(|_| {});
    let profile = ada(driver, &shop, "localhost");
    let heard = profile.result_of(
        "fetch('/who', {headers: {'Accept-Language': 'zz'}}).then((answer) => answer.text()).then(done, done)",
    );
    let sent = shop.seen("/who").pop().unwrap();
    assert_eq!(sent.headers["accept-language"], "zz", "the browser lets a page choose it");
    assert_eq!(heard, "ada 0");
    assert_eq!(who(&profile), "ada 0");
}

fn back_and_forward_show_no_stale_page(driver: &str) {
    let shop = Shop::start(|_| {});
    let profile = Profile::new(driver, &shop.at("localhost"));
    let shows =
        |name: &str| profile.until(&format!("the page greets {name}"), || profile.text().contains(name));
    profile.open("/");
    shows("Hello, nobody");
    sign_in(&profile);
    shows("Hello, ada");
    profile.back("/sign-in");
    profile.back("/");
    shows("Hello, ada");
    profile.forward("/sign-in");
    profile.forward("/");
    shows("Hello, ada");
    profile.follow("#out button");
    assert_eq!(profile.path(), "/page/bye", "{}", profile.text());
    profile.back("/");
    shows("Hello, nobody");
    profile.back("/sign-in");
    profile.back("/");
    shows("Hello, nobody");
    profile.forward("/sign-in");
    profile.forward("/");
    shows("Hello, nobody");
    assert_eq!(who(&profile), "nobody 0");
}

fn two_submits_of_one_sign_in_end_signed_in(driver: &str) {
    let shop = Shop::start(|_| {});
    // Milliseconds between the submits, and for the check of the password.
    for (gap, check) in [(0, 100), (30, 100), (300, 1), (60, 30), (60, 50), (150, 120)] {
        let profile = Profile::new(driver, &shop.at("localhost"));
        profile.open("/slow-sign-in");
        let submits = format!(
            "const form = document.querySelector('#in'); const check = document.createElement('input'); \
             check.name = 'check'; check.value = '{check}'; form.append(check); form.submit(); \
             setTimeout(() => form.submit(), {gap})"
        );
        profile.run(&submits);
        profile.until("the sign-in leads somewhere", || {
            profile.run("return document.readyState === 'complete' && !document.querySelector('#in')") == true
        });
        assert_eq!(who(&profile), "ada 0", "{gap} ms between, {check} ms for the password");
    }
}

fn a_submit_after_the_answer_was_made_ends_signed_in(driver: &str) {
    let shop = Shop::start(|_| {});
    let profile = Profile::new(driver, &shop.at("localhost"));
    profile.open("/held-sign-in");
    let start = std::time::Instant::now();
    // The page itself asks whether the first answer is made: the driver waits for a navigation that is under way.
    profile.run(
        "const form = document.querySelector('#in'); form.submit(); \
         const again = () => fetch('/held').then((answer) => answer.text()) \
         .then((answers) => answers === '0' ? again() : form.submit()); again()",
    );
    while shop.held() < 2 {
        assert!(start.elapsed() < Profile::PATIENCE, "the second submit did not arrive");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    profile.wait_until_loaded("/");
    assert_eq!(who(&profile), "ada 0");
}

fn another_browser_with_the_cookie_is_noticed(driver: &str) {
    let shop = Shop::start(|_| {});
    let ada = ada(driver, &shop, "localhost");
    let cookie = ada.cookies().into_iter().find(|cookie| cookie["name"] == "AloSession").unwrap();
    let iphone = "--user-agent=Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
                  like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
    let thief = Profile::with(driver, &shop.at("localhost"), &[iphone]);
    thief.open("/page/x");
    thief.add_cookie("AloSession", cookie["value"].as_str().unwrap());
    thief.open("/");
    let noticed = |event| matches!(event, Event::Rejected { reason: Rejection::Fingerprint, .. });
    let mut events = shop.events.lock().unwrap();
    assert!(std::iter::from_fn(|| events.try_next()).any(noticed), "{:?}", shop.log());
    // Whatever the page of the thief wrote, the owner is where she was.
    assert_eq!(who(&ada), "ada 0");
}

fn a_browser_that_was_updated_keeps_the_session(driver: &str) {
    let shop = Shop::start(|_| {});
    let profile = ada(driver, &shop, "localhost");
    let agent = profile.run("return navigator.userAgent").as_str().unwrap().to_owned();
    let newer = agent.replace("Chrome/", "Chrome/9");
    profile.set_user_agent(&newer);
    assert_eq!(who(&profile), "ada 0");
    profile.open("/");
    profile.set_user_agent(&agent);
    assert_eq!(who(&profile), "ada 0");
}

fn plain_http_on_a_name_is_explained_once(driver: &str) {
    let shop = Shop::start(|_| {});
    let profile = Profile::new(driver, &shop.at("shop.test"));
    for _ in 0..2 {
        sign_in(&profile);
        assert_eq!(who(&profile), "nobody 0", "the browser drops the cookie");
    }
    let lines: Vec<_> = shop.log().into_iter().filter(|line| line.starts_with("WARN")).collect();
    assert!(lines.len() == 1 && lines[0].contains("cookie.secure"), "{:?}", shop.log());
}

fn a_prefetch_eats_no_message(driver: &str) {
    let shop = Shop::start(|_| {});
    let profile = ada(driver, &shop, "localhost");
    profile.open("/flash");
    profile.open("/prefetching");
    profile.until("the browser has prefetched", || !shop.seen("/flash-show").is_empty());
    let prefetched = shop.seen("/flash-show");
    assert!(prefetched.iter().all(|seen| seen.headers.contains_key("sec-purpose")), "{prefetched:?}");
    profile.open("/flash-show");
    assert!(profile.text().contains("message: saved"), "{}", profile.text());
}

fn coming_back_from_another_site_keeps_the_session(driver: &str) {
    let shop = Shop::start(insecure);
    let profile = ada(driver, &shop, "shop.test");
    profile.open_elsewhere(&format!("{}/page/pay", shop.at("pay.test")));
    profile.run(&format!(
        "const form = document.createElement('form'); form.method = 'post'; form.action = '{}/callback'; \
         document.body.append(form); form.submit()",
        shop.at("shop.test")
    ));
    profile.wait_until_loaded("/who");
    let back = shop.seen("/callback").pop().unwrap();
    assert!(!back.headers.contains_key("cookie"), "SameSite=Lax holds it back");
    assert_eq!(back.method, "POST");
    assert_eq!(who(&profile), "ada 0");
}
