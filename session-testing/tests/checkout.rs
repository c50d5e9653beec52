//! A checkout in two tabs, on a store that fails.
#![cfg(feature = "site")]

use std::time::Duration;

use alo_session::{Session, SessionFailure, SessionLayer, store::Operation};
use axum::{Form, Router, response::Html, routing::get};
use session_testing::Site;

#[derive(serde::Deserialize)]
struct Order {
    once: String,
}

fn app(sessions: SessionLayer) -> Router {
    Router::new().route("/order", get(form).post(order)).layer(sessions)
}

async fn form(session: Session) -> Result<Html<String>, SessionFailure> {
    let once = session.tokens().text("order")?;
    Ok(Html(format!(
        r#"<form method="post"><input type="hidden" name="once" value="{}"></form>"#,
        once.as_str()
    )))
}

async fn order(session: Session, Form(order): Form<Order>) -> Result<&'static str, SessionFailure> {
    if !session.consume("order", &order.once).await? {
        return Ok("This order was sent already.");
    }
    session.remove("cart")?;
    session.update("orders", |orders: &mut u32| {
        *orders += 1;
        *orders
    })?;
    Ok("Thank you.")
}

#[tokio::test]
async fn an_order_in_two_tabs_is_placed_once_though_an_answer_of_the_store_is_lost() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").with("cart", ["teapot"]).await;
    let (one, two) = tokio::join!(ada.get("/order"), ada.get("/order"));
    site.faults().lose_next_answer(Operation::Commit);
    let (one, two) = tokio::join!(one.submit("/order", &[]), two.submit("/order", &[]));
    let thanks = [&one, &two].into_iter().filter(|page| page.text() == "Thank you.").count();
    assert_eq!((thanks, site.faults().left()), (1, 0));
    ada.look().await.assert_holds("orders", 1).assert_lacks("cart");
}

#[tokio::test]
async fn a_store_that_is_down_costs_neither_cart_nor_sign_in() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").with("cart", ["teapot"]).await;
    let form = ada.get("/order").await;
    site.faults().down();
    form.submit("/order", &[])
        .await
        .assert_status(503)
        .assert_not_saved()
        .assert_signed_in("ada")
        .assert_cookie_kept();
    site.faults().up();
    form.submit("/order", &[]).await.assert_says("Thank you.").assert_saved();
}

#[tokio::test(start_paused = true)]
async fn a_slow_store_is_slow() {
    let site = Site::new(app);
    site.faults().slow(Duration::from_secs(2));
    let before = tokio::time::Instant::now();
    site.signed_in("ada").await.get("/order").await.assert_status(200);
    assert_eq!(before.elapsed(), Duration::from_secs(4), "to load, and to save the token");
}
