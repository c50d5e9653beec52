//! A double click on "sign in" ends signed in, however the two requests meet and whichever response arrives.

use std::sync::Arc;

use axum::routing::post;
use session_core::config::Settings;
use session_testservers::jar::Trip;
use session_tower::{CsrfLayer, Session, SessionLayer};
use tokio::sync::{Semaphore, mpsc};

use crate::harness::{Browser, Page, Raw, Site, browser::IPHONE, seconds, site::Answer};

/// Two clicks on one button: how they meet, and which responses reach the browser, in which order.
#[derive(Debug, Clone, Copy)]
struct Clicks {
    /// Both have loaded the session before either is saved; otherwise the second arrives after the first was answered.
    overlap: bool,
    protected: bool,
    rotation_due: bool,
    delivered: &'static [usize],
}

fn all_clicks() -> impl Iterator<Item = Clicks> {
    let both = [false, true];
    let deliveries: [&'static [usize]; 3] = [&[1], &[0, 1], &[1, 0]];
    both.into_iter().flat_map(move |overlap| {
        both.into_iter().flat_map(move |protected| {
            both.into_iter().flat_map(move |rotation_due| {
                deliveries.into_iter().map(move |delivered| Clicks {
                    overlap,
                    protected,
                    rotation_due,
                    delivered,
                })
            })
        })
    })
}

/// A site whose `path` runs `act` when the test lets it.
struct Gated {
    site: Site,
    arrived: mpsc::UnboundedReceiver<()>,
    permits: Arc<Semaphore>,
}

async fn gated(protected: bool, change: impl FnOnce(&mut Settings), act: fn(&Session) -> Answer) -> Gated {
    let (arrive, arrived) = mpsc::unbounded_channel();
    let permits = Arc::new(Semaphore::new(0));
    let gate = Arc::clone(&permits);
    let handler = async move |session: Session| -> Answer {
        arrive.send(()).unwrap();
        gate.acquire().await.unwrap().forget();
        act(&session)
    };
    let build = |app: axum::Router, layer: SessionLayer| {
        let app = app.route("/gate", post(handler));
        if protected { app.layer(CsrfLayer::new()).layer(layer) } else { app.layer(layer) }
    };
    Gated { site: Site::with(change, build).await, arrived, permits }
}

/// Clicks twice, as `clicks` says. Returns both responses.
async fn click_twice(gated: &mut Gated, browser: &Browser, form: &str, clicks: Clicks) -> [Page; 2] {
    let trip = Trip::to(&browser.home.at("/gate")).from(&browser.home).method("POST");
    let request = browser.dress(Raw::new("POST", "/gate").form(form), &trip);
    let server = gated.site.server;
    let first = request.begin(server).await;
    gated.arrived.recv().await.unwrap();
    let second = if clicks.overlap {
        let second = request.begin(server).await;
        gated.arrived.recv().await.unwrap();
        Some(second)
    } else {
        None
    };
    gated.permits.add_permits(1);
    let first = first.page().await;
    gated.permits.add_permits(1);
    let second = match second {
        Some(second) => second.page().await,
        None => request.send(server).await,
    };
    [first, second]
}

fn deliver(browser: &mut Browser, pages: &[Page; 2], order: &[usize]) {
    let trip = Trip::to(&browser.home.at("/gate")).from(&browser.home).method("POST");
    for index in order {
        browser.keep(&pages[*index], &trip);
    }
}

fn is_due(clicks: Clicks) -> impl FnOnce(&mut Settings) {
    move |settings| {
        if clicks.rotation_due {
            settings.rotate_after = Some(seconds(60));
        }
    }
}

#[tokio::test]
async fn two_clicks_on_sign_in_end_signed_in() {
    for clicks in all_clicks() {
        let mut gated = gated(clicks.protected, is_due(clicks), |session| {
            session.login("ada")?;
            Ok("welcome".to_owned())
        })
        .await;
        let mut ada = gated.site.browser();
        ada.get("/write").await;
        let token = ada.get("/form").await.body;
        gated.site.time.pass(seconds(120));
        let pages = click_twice(&mut gated, &ada, &format!("_csrf={token}"), clicks).await;
        assert_eq!(pages[0].status, 200, "{clicks:?}: the first click");
        deliver(&mut ada, &pages, clicks.delivered);
        let who = ada.who().await;
        assert!(
            who.starts_with("ada "),
            "{clicks:?}: {who}; second click: {} {}",
            pages[1].status,
            pages[1].body
        );
        assert_eq!(pages[1].status, 200, "{clicks:?}: the second click: {}", pages[1].body);
    }
}

#[tokio::test]
async fn two_clicks_on_a_second_factor_end_signed_in() {
    for clicks in all_clicks() {
        let mut gated = gated(clicks.protected, is_due(clicks), |session| {
            // The password was asked for again, and is right.
            session.login("ada")?;
            session.elevate(2)?;
            Ok("welcome".to_owned())
        })
        .await;
        let mut ada = gated.site.ada().await;
        let token = ada.get("/form").await.body;
        gated.site.time.pass(seconds(120));
        let pages = click_twice(&mut gated, &ada, &format!("_csrf={token}"), clicks).await;
        deliver(&mut ada, &pages, clicks.delivered);
        let who = ada.who().await;
        assert!(
            who.starts_with("ada "),
            "{clicks:?}: {who}; second click: {} {}",
            pages[1].status,
            pages[1].body
        );
    }
}

#[tokio::test]
async fn a_late_click_needs_the_token_of_its_page() {
    for (headers, status) in [
        (&[("Sec-Fetch-Site", "same-origin")] as &[(&str, &str)], 200),
        (&[("Origin", "https://shop.test")], 200),
        (&[], 200),
        (&[("Sec-Fetch-Site", "none")], 200),
        (&[("Sec-Fetch-Site", "cross-site")], 403),
        (&[("Origin", "https://evil.example")], 403),
    ] {
        let site = Site::protected(|_| {}).await;
        let mut ada = site.browser();
        ada.get("/write").await;
        let token = ada.get("/form").await.body;
        let old = ada.cookie();
        ada.get("/sign-in/ada").await;
        let request =
            Raw::new("POST", "/sign-in/ada").headers(IPHONE).headers(headers).header("Cookie", &old);
        let other = site.browser().get("/form").await.body;
        for forged in ["", &format!("_csrf={other}")] {
            assert_eq!(request.clone().form(forged).send(site.server).await.status, 403, "{headers:?}");
        }
        let page = request.form(&format!("_csrf={token}")).send(site.server).await;
        assert_eq!(page.status, status, "{headers:?}: {}", page.body);
        // Nothing else of the session can be had that way, and no token at all is no token.
        let request = Raw::new("POST", "/write").headers(IPHONE).headers(headers).header("Cookie", &old);
        assert!(
            request.clone().form(&format!("_csrf={token}")).send(site.server).await.status >= 400,
            "{headers:?}"
        );
        assert_eq!(request.form("").send(site.server).await.status, 403, "{headers:?}");
        assert_eq!(ada.who().await, "ada 1");
    }
}
