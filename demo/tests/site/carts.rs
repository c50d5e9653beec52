use crate::visitor::{add, at_once, site, slow_site, submit};

#[tokio::test]
async fn a_cart_is_filled_changed_and_emptied() {
    let browser = site().browser();
    add(&browser, "mug").await;
    add(&browser, "mug").await;
    add(&browser, "teapot").await;
    let change = [("sku", "mug"), ("quantity", "3")];
    submit(&browser, "/cart", "/cart/quantity", &change).await.assert_redirects_to("/cart");
    browser.get("/cart").await.assert_status(200).assert_says("€73.20");
    submit(&browser, "/cart", "/cart/remove", &[("sku", "teapot")]).await.assert_redirects_to("/cart");
    let page = browser.get("/cart").await;
    page.assert_status(200).assert_says("€38.70").assert_does_not_say("<h2>Teapot</h2>");
    submit(&browser, "/cart", "/cart/empty", &[]).await.assert_redirects_to("/cart");
    browser.get("/cart").await.assert_status(200).assert_says("There is nothing in it yet");
}

#[tokio::test]
async fn a_message_is_shown_once() {
    let browser = site().browser();
    add(&browser, "pencil").await;
    browser.get("/cart").await.assert_says("Added to your cart: Pencil.");
    browser.get("/cart").await.assert_does_not_say("Added to your cart");
}

#[tokio::test]
async fn tabs_that_add_at_once_lose_nothing() {
    let browser = slow_site().browser();
    // A visitor's first item makes the session that the tabs then share.
    add(&browser, "pencil").await;
    let token = browser.get("/shop").await.csrf_token().unwrap();
    at_once(8, async |tab| {
        let sku = ["mug", "teapot"][tab % 2];
        for _ in 0..5 {
            let form = [("sku", sku), ("_csrf", &token)];
            browser.post("/cart/add").form(&form).await.assert_redirects_to("/shop");
        }
    })
    .await;
    let page = browser.get("/cart").await;
    let shown = |text| page.text().matches(text).count();
    assert_eq!(shown(r#"required value="20""#), 2, "{page:?}");
    assert_eq!((shown("Added to your cart: Mug."), shown("Added to your cart: Teapot.")), (20, 20));
}

#[tokio::test]
async fn a_bad_form_changes_nothing() {
    let browser = site().browser();
    add(&browser, "mug").await;
    let page = submit(&browser, "/cart", "/cart/add", &[("sku", "cannon")]).await;
    page.assert_status(404).assert_says("no such product").assert_not_saved();
    for quantity in ["-1", "many", "", "1.5", "99999999999"] {
        let page =
            submit(&browser, "/cart", "/cart/quantity", &[("sku", "mug"), ("quantity", quantity)]).await;
        page.assert_status(422).assert_says("The form is not complete").assert_not_saved();
    }
    submit(&browser, "/cart", "/cart/remove", &[])
        .await
        .assert_status(422)
        .assert_says("The form is not complete");
    browser.get("/cart").await.assert_status(200).assert_says(r#"required value="1""#);
}
