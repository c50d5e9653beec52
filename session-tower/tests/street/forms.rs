//! Forms: what passes, what a refusal says, and what a form costs.

use session_core::config::SameSite;
use session_testservers::jar::{Place, Trip};
use session_tower::CsrfLayer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::harness::{Browser, Log, Raw, Site, Socket, browser::IPHONE};

#[tokio::test]
async fn ten_thousand_visits_of_a_form_store_nothing() {
    let site = Site::protected(|_| {}).await;
    for method in ["GET", "HEAD"] {
        let one = format!("{method} /form HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: bot\r\n\r\n");
        let last = one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        for _ in 0..50 {
            let mut stream = tokio::net::TcpStream::connect(site.server).await.unwrap();
            let (mut read, mut write) = stream.split();
            let requests = one.repeat(99) + &last;
            let mut answers = String::new();
            let (sent, received) =
                tokio::join!(write.write_all(requests.as_bytes()), read.read_to_string(&mut answers));
            sent.unwrap();
            received.unwrap();
            assert_eq!(answers.matches("HTTP/1.1 200").count(), 100);
        }
    }
    assert_eq!(site.store.len(), 0);
    assert_eq!(site.odd.calls(), [], "nor is the store asked");
}

#[tokio::test]
async fn the_form_of_a_visitor_passes_and_a_forged_one_does_not() {
    let site = Site::protected(|_| {}).await;
    let mut ada = site.browser();
    let page = ada.post_form("/sign-in/ada").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(ada.who().await, "ada 0");
    // The token of another visitor, or none.
    let mut eve = site.browser();
    let hers = eve.get("/form").await.body;
    for form in [format!("_csrf={hers}"), String::new(), "_csrf=".to_owned(), "_csrf=AAAA".to_owned()] {
        assert_eq!(ada.post("/write", &form).await.status, 403, "{form}");
        assert_eq!(site.browser().post("/write", &form).await.status, 403, "{form}, without a cookie");
    }
    assert_eq!(ada.who().await, "ada 0");
}

#[tokio::test]
async fn a_form_that_was_loaded_long_ago_still_signs_in() {
    // An hour with the page open: the visitor has no session that could have expired.
    let site = Site::protected(|_| {}).await;
    let mut ada = site.browser();
    let token = ada.get("/form").await.body;
    site.time.pass(crate::harness::hours(1));
    let page = ada.post("/sign-in/ada", &format!("_csrf={token}")).await;
    assert_eq!(page.status, 200, "{}", page.body);
}

fn multipart(before: &str, after: &str) -> String {
    format!(
        "{before}--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n{}\r\n{after}--x--\r\n",
        "y".repeat(200_000)
    )
}

#[tokio::test]
async fn a_multipart_form_passes_with_its_token_in_front_and_arrives_whole() {
    let site = Site::with(
        |_| {},
        |app, layer| {
            let echo = axum::routing::post(async |body: String| format!("{}:{}", body.len(), body));
            app.route("/upload", echo).layer(CsrfLayer::new()).layer(layer)
        },
    )
    .await;
    let mut ada = site.ada().await;
    let token = ada.get("/form").await.body;
    let field =
        |token: &str| format!("--x\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n");
    let trip = Trip::to(&ada.home).from(&ada.home).method("POST");
    for (body, status) in [
        (multipart(&field(&token), ""), 200),
        (multipart("", &field(&token)), 403),
        (multipart(&field("wrong"), ""), 403),
        (multipart("", ""), 403),
    ] {
        let request = Raw::new("POST", "/upload").body("multipart/form-data; boundary=x", &body);
        let page = ada.send(request, &trip).await;
        assert_eq!(page.status, status, "{}", page.body.get(..100).unwrap_or_default());
        if status == 200 {
            assert!(page.body == format!("{}:{body}", body.len()), "the handler gets every byte");
        }
    }
    let body = multipart("", "");
    let request = Raw::new("POST", "/upload").header("X-CSRF-Token", &token);
    let page = ada.send(request.body("multipart/form-data; boundary=x", &body), &trip).await;
    assert!(page.status == 200 && page.body.len() > 200_000, "the header is as good");
}

#[tokio::test]
async fn a_refusal_for_another_site_says_what_was_compared() {
    let log = Log::start();
    let site = Site::protected(|_| {}).await;
    let mut ada = Browser::new(site.server, &site.time, "http://localhost/");
    let token = ada.get("/form").await.body;
    // A proxy that leaves the port out, and a browser that sends no fetch metadata over plain HTTP.
    let request = Raw::new("POST", "/write").host("nas.lan").headers(IPHONE).form(&format!("_csrf={token}"));
    let request = request.header("Origin", "http://nas.lan:8080").header("Cookie", &ada.cookie());
    assert_eq!(request.send(site.server).await.status, 403);
    for word in ["http://nas.lan:8080", "nas.lan", "allow_origin"] {
        assert!(!log.with(word).is_empty(), "{word}: {:?}", log.lines());
    }
}

#[tokio::test]
async fn a_websocket_of_another_site_is_refused() {
    for same_site in [SameSite::None, SameSite::Lax] {
        let csrf = CsrfLayer::new();
        let change = |settings: &mut session_core::config::Settings| settings.cookie.same_site = same_site;
        let site = Site::with(change, |app, layer| app.layer(csrf).layer(layer)).await;
        let ada = site.ada().await;
        for (from, status) in [
            ("https://shop.test/", 101),
            ("https://www.shop.test/", 403),
            ("https://evil.example/", 403),
            ("http://shop.test/", 403),
        ] {
            let trip = Trip::to(&ada.home.at("/ws")).from(&Place::parse(from)).inside(&Place::parse(from));
            let request = ada.dress(Raw::get("/ws"), &trip).header("Origin", &Place::parse(from).origin());
            let (socket, page) = Socket::open(site.server, &request).await;
            assert_eq!(page.status, status, "{from}");
            if let Some(mut socket) = socket {
                assert_eq!(socket.ask("owner").await, "ada");
            }
            // An old browser sends no fetch metadata. Schemes are not compared then.
            let request = Raw::get("/ws").headers(IPHONE).header("Cookie", &ada.cookie());
            let (_, page) =
                Socket::open(site.server, &request.header("Origin", &Place::parse(from).origin())).await;
            let expected = if from == "http://shop.test/" { 101 } else { status };
            assert_eq!(page.status, expected, "{from}, without metadata");
        }
    }
}

#[test]
fn an_origin_that_can_never_match_is_refused_at_the_start() {
    for origin in [
        "app.example",
        "https://app.example/path",
        "https://user@app.example",
        "https://app.example?x",
        "ftp://app.example",
        "https://",
        "",
        "null",
        "*",
    ] {
        assert!(CsrfLayer::new().allow_origin(origin).is_err(), "{origin}");
    }
    for origin in
        ["https://app.example", "https://APP.example:443/", "http://localhost:3000", "http://[::1]:3000"]
    {
        assert!(CsrfLayer::new().allow_origin(origin).is_ok(), "{origin}");
    }
}

#[tokio::test]
async fn an_allowed_origin_is_compared_as_a_browser_writes_it() {
    for (allowed, sent, status) in [
        ("https://APP.example:443/", "https://app.example", 200),
        ("http://app.example:80", "http://app.example", 200),
        ("https://app.example", "https://app.example:8443", 403),
        ("https://app.example", "http://app.example", 403),
        ("https://app.example", "https://app.example.evil.test", 403),
        ("https://app.example", "null", 403),
    ] {
        let csrf = CsrfLayer::new().allow_origin(allowed).unwrap();
        let site = Site::with(|_| {}, |app, layer| app.layer(csrf).layer(layer)).await;
        let mut ada = site.ada().await;
        let token = ada.get("/form").await.body;
        let request = Raw::new("POST", "/write").headers(IPHONE).form(&format!("_csrf={token}"));
        let request = request.header("Cookie", &ada.cookie()).header("Sec-Fetch-Site", "cross-site");
        let page = request.header("Origin", sent).send(site.server).await;
        assert_eq!(page.status, status, "{allowed} allowed, {sent} sent");
    }
}
