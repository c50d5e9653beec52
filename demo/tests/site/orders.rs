use crate::visitor::{add, at_once, between, site, slow_site, submit};

#[tokio::test]
async fn an_order_can_be_sent_once() {
    let browser = site().browser();
    add(&browser, "lamp").await;
    let cart = browser.get("/cart").await;
    cart.submit("/order", &[]).await.assert_status(303).assert_redirects_to("/order");
    browser.get("/order").await.assert_status(200).assert_says("€89.00");
    browser.get("/cart").await.assert_status(200).assert_says("There is nothing in it yet");

    add(&browser, "mug").await;
    cart.submit("/order", &[]).await.assert_status(409).assert_says("This order was sent already");
    browser.get("/cart").await.assert_status(200).assert_says("€12.90");
    browser.get("/order").await.assert_status(200).assert_says("€89.00");
}

#[tokio::test]
async fn of_orders_at_the_same_moment_one_counts() {
    let browser = slow_site().browser();
    add(&browser, "lamp").await;
    let cart = browser.get("/cart").await;
    let mut statuses = at_once(8, async |_| cart.submit("/order", &[]).await.status().as_u16()).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn a_made_up_order_is_refused() {
    let browser = site().browser();
    add(&browser, "lamp").await;
    for once in ["", "x", &"A".repeat(86)] {
        let page = browser.get("/cart").await.submit("/order", &[("once", once)]).await;
        page.assert_status(409).assert_says("sent already");
    }
    browser.get("/cart").await.assert_status(200).assert_says("€89.00");
    browser.get("/order").await.assert_status(200).assert_says("not ordered anything yet");
}

#[tokio::test]
async fn a_cart_emptied_in_another_tab_orders_nothing() {
    let browser = site().browser();
    add(&browser, "lamp").await;
    let once = between(&browser.get("/cart").await, r#"name="once" value=""#, "\"");
    submit(&browser, "/cart", "/cart/empty", &[]).await.assert_redirects_to("/cart");
    submit(&browser, "/shop", "/order", &[("once", &once)]).await.assert_redirects_to("/cart");
    browser.get("/cart").await.assert_status(200).assert_says("nothing was ordered");
}
