//! A refused form says why, so that an application can show it again with what was typed.

use axum::response::IntoResponse as _;
use session_tower::{CsrfLayer, FailureCause};

use crate::harness::{Browser, Site, seconds};

/// A site whose error page says the cause, and where the request went.
async fn site() -> Site {
    Site::with(
        |_| {},
        |app, layer| {
            let layer = layer.on_error(|failure, request| {
                let cause = match failure.cause() {
                    FailureCause::Csrf(error) => format!("{error:?}"),
                    other => format!("{other:?}"),
                };
                (failure.status(), format!("{cause} at {}", request.uri.path())).into_response()
            });
            app.layer(CsrfLayer::new()).layer(layer)
        },
    )
    .await
}

async fn refusal(browser: &mut Browser, token: &str) -> String {
    let page = browser.post("/write", &format!("_csrf={token}")).await;
    let expected = if page.body.contains("SignInRequired") { 401 } else { 403 };
    assert_eq!(page.status, expected, "{}", page.body);
    page.body
}

#[tokio::test]
async fn refusals_have_reasons_that_an_application_can_tell_apart() {
    let mut reasons = Vec::new();

    // The session expired while the form was filled in, of somebody who was signed in.
    let mut shop = site().await;
    let mut ada = shop.ada().await;
    let token = ada.get("/form").await.body;
    shop.time.pass(seconds(301));
    reasons.push(refusal(&mut ada, &token).await);

    // She signed in in another tab.
    shop = site().await;
    ada = shop.browser();
    ada.get("/write").await;
    let token = ada.get("/form").await.body;
    ada.get("/sign-in/ada").await;
    reasons.push(refusal(&mut ada, &token).await);

    // Somebody made one up, or took it from a session of their own.
    shop = site().await;
    ada = shop.ada().await;
    let own = ada.get("/form").await.body;
    let mut eve = shop.browser();
    eve.get("/sign-in/eve").await;
    let others = eve.get("/form").await.body;
    let mangled = format!("{}{}", if own.starts_with('A') { "B" } else { "A" }, &own[1..]);
    for forged in [others, mangled, "AAAA".to_owned(), String::new()] {
        let reason = refusal(&mut ada, &forged).await;
        assert_eq!(reason, "WrongToken at /write", "{forged}");
    }
    reasons.push("WrongToken at /write".to_owned());

    // There is none.
    reasons.push(ada.post("/write", "text=hello").await.body);

    assert_eq!(
        reasons,
        [
            "Session(SignInRequired(NotSignedIn)) at /write",
            "Superseded at /write",
            "WrongToken at /write",
            "MissingToken at /write"
        ]
    );
}

#[tokio::test]
async fn a_form_from_before_a_sign_out_requires_a_sign_in() {
    let shop = site().await;
    let mut ada = shop.ada().await;
    let token = ada.get("/form").await.body;
    let mut other_tab = ada.clone();
    other_tab.post_form("/sign-out").await;
    // This tab sends the cookie of before, or none any more.
    assert_eq!(refusal(&mut ada, &token).await, "Session(SignInRequired(NotSignedIn)) at /write");
    ada.jar = other_tab.jar.clone();
    assert_eq!(refusal(&mut ada, &token).await, "Session(SignInRequired(NotSignedIn)) at /write");
}
