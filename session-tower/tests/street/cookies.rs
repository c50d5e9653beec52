//! Several cookies of one name, several applications on one host, ids of another algorithm.

use session_core::{SessionConfig, config::SameSite, id::Algorithm};
use session_testservers::jar::{Place, Trip};

use crate::harness::{Browser, OddStore, Raw, Site, browser::IPHONE, days, seconds};

fn value(browser: &Browser) -> String {
    browser.cookie()
}

async fn who_with(site: &Site, cookies: &[&str]) -> String {
    let request = cookies
        .iter()
        .fold(Raw::get("/who").headers(IPHONE), |request, cookie| request.header("Cookie", cookie));
    request.send(site.server).await.body
}

#[tokio::test]
async fn sign_out_ends_the_session_of_every_cookie_of_the_request() {
    let site = Site::start(|_| {}).await;
    for one_header in [true, false] {
        let (first, second) = (value(&site.ada().await), value(&site.ada().await));
        let joined = format!("{first}; {second}");
        let headers: &[&str] = if one_header { &[&joined] } else { &[&first, &second] };
        let request = Raw::new("POST", "/sign-out").headers(IPHONE).form("");
        let request = headers.iter().fold(request, |request, cookie| request.header("Cookie", cookie));
        let page = request.send(site.server).await;
        assert_eq!(page.status, 200);
        for cookie in [&first, &second] {
            assert_eq!(who_with(&site, &[cookie]).await, "nobody 0", "one header: {one_header}");
        }
        assert_eq!(site.layer.sessions().of("ada").await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn sign_out_ends_both_of_the_partitioned_twins() {
    let partitioned = |settings: &mut session_core::config::Settings| {
        settings.cookie.same_site = SameSite::None;
        settings.cookie.partitioned = true;
    };
    let site = Site::start(|settings| settings.cookie.same_site = SameSite::None).await;
    // The next release partitions its cookie; the browser holds the one from before as well.
    let next = site.twin(partitioned).await;
    let mut ada = site.ada().await;
    let before = value(&ada);
    ada.server = next.server;
    let twin = next.ada().await.cookie();
    let trip = Trip::to(&ada.home);
    assert!(ada.jar.keep(
        &format!("{twin}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"),
        &trip,
        ada.time.now()
    ));
    assert_eq!(ada.cookies().len(), 2);
    ada.post("/sign-out", "").await;
    assert_eq!(ada.who().await, "nobody 0");
    for cookie in [&before, &twin] {
        assert_eq!(who_with(&next, &[cookie]).await, "nobody 0");
    }
}

#[tokio::test]
async fn a_dead_or_damaged_cookie_in_front_of_a_good_one_hides_nothing() {
    let site = Site::start(|_| {}).await;
    let good = value(&site.ada().await);
    let mut gone = site.ada().await;
    let dead = value(&gone);
    gone.post("/sign-out", "").await;
    for other in [dead.as_str(), "AloSession=", "AloSession=x", "AloSession=\"\"", "theme=dark", "AloSession"]
    {
        assert_eq!(who_with(&site, &[other, &good]).await, "ada 0", "{other} in front");
        assert_eq!(
            who_with(&site, &[&format!("{other}; {good}")]).await,
            "ada 0",
            "{other} in front, in one header"
        );
        assert_eq!(who_with(&site, &[&good, other]).await, "ada 0", "{other} behind");
    }
}

#[tokio::test]
async fn two_applications_on_two_ports_of_one_host_need_two_names() {
    let shop = Site::start(|_| {}).await;
    let admin = Site::on(
        shop.time.clone(),
        OddStore::new(shop.time.store()),
        SessionConfig::with(|settings| settings.cookie.name = "Admin".to_owned()).unwrap(),
        |app, layer| app.layer(layer),
    )
    .await;
    let mut ada = shop.ada().await;
    let mut there = ada.clone();
    (there.server, there.home) = (admin.server, Place::parse("https://shop.test:8443/"));
    there.get("/sign-in/root").await;
    assert_eq!(there.who().await, "root 0");
    // One jar: a browser does not tell ports apart.
    ada.jar = there.jar.clone();
    assert_eq!(ada.who().await, "ada 0");
    ada.post("/sign-out", "").await;
    there.jar = ada.jar;
    assert_eq!(there.who().await, "root 0");
}

#[tokio::test]
async fn two_applications_with_one_name_are_told_of_the_cure_once() {
    let log = crate::harness::Log::start();
    let shop = Site::start(|_| {}).await;
    let admin = Site::start(|_| {}).await;
    let mut ada = shop.ada().await;
    ada.home = Place::parse("http://localhost:3000/");
    ada.get("/sign-in/ada").await;
    let mut there = ada.clone();
    (there.server, there.home) = (admin.server, Place::parse("http://localhost:3001/"));
    for _ in 0..3 {
        there.get("/who").await;
    }
    there.get("/sign-in/root").await;
    ada.jar = there.jar.clone();
    assert_eq!(ada.who().await, "nobody 0", "a browser does not tell ports apart");
    let lines = log.with("cookie.name");
    assert!(!lines.is_empty() && lines.len() <= 2, "once for each application: {:?}", log.lines());
}

#[tokio::test]
async fn an_id_of_another_algorithm_is_read() {
    let algorithms = [Algorithm::Random, Algorithm::Sha256, Algorithm::Sha512, Algorithm::Blake3];
    for made in algorithms {
        for read in algorithms {
            let old = Site::start(|settings| settings.algorithm = made).await;
            let new = old.twin(|settings| settings.algorithm = read).await;
            let mut ada = old.ada().await;
            // Machines of both releases answer in turn.
            for server in [new.server, old.server, new.server] {
                ada.server = server;
                ada.post("/write", "").await;
            }
            assert_eq!(ada.who().await, "ada 3", "made by {made:?}, read by {read:?}");
        }
    }
}

#[tokio::test]
async fn a_secret_that_is_added_leaves_nobody_outside_sign_out_everywhere() {
    let old = Site::start(|settings| settings.fingerprint.properties.clear()).await;
    let new = old
        .twin(|settings| {
            settings.fingerprint.properties.clear();
            settings.secrets = vec!["a secret of the application".to_owned().into()];
        })
        .await;
    let mut ada = old.ada().await;
    ada.server = new.server;
    let who = ada.who().await;
    let listed = new.layer.sessions().of("ada").await.unwrap().len();
    assert_eq!(who == "ada 0", listed == 1, "{who}, {listed} listed");
    new.layer.sessions().end_all("ada").await.unwrap();
    assert_eq!(ada.who().await, "nobody 0");
}

#[tokio::test]
async fn a_late_use_of_an_old_id_is_seen_for_as_long_as_the_session_lives() {
    for pause in [seconds(300), seconds(3660), seconds(12 * 3600), days(20)] {
        let log = crate::harness::Log::start();
        let site = Site::start(|settings| {
            settings.rotate_after = Some(seconds(3600));
            settings.on_reuse = session_core::config::OnReuse::EndFamily;
        })
        .await;
        let mut ada = site.ada().await;
        ada.get("/remember").await;
        let mut thief = ada.clone();
        site.time.pass(seconds(3601));
        assert_eq!(thief.who().await, "ada 0");
        site.time.pass(pause);
        assert_eq!(ada.who().await.split(' ').next(), Some("nobody"));
        assert_eq!(thief.who().await.split(' ').next(), Some("nobody"), "{pause:?} later: {:?}", log.lines());
    }
}

#[tokio::test]
async fn who_signs_in_where_another_forgot_to_sign_out_finds_nothing_of_hers() {
    let site = Site::start(|_| {}).await;
    let mut browser = site.ada().await;
    browser.get("/write").await;
    browser.get("/flash").await;
    browser.get("/sign-in/bob").await;
    assert_eq!(browser.who().await, "bob 0");
    assert_eq!(browser.get("/flash-show").await.body, "0");
    // What a visitor put into the cart stays when she signs in, and when the same owner signs in again.
    let mut visitor = site.browser();
    visitor.get("/write").await;
    visitor.get("/sign-in/ada").await;
    visitor.get("/sign-in/ada").await;
    assert_eq!(visitor.who().await, "ada 1");
}
