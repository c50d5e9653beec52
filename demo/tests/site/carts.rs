use crate::server::{Server, at_once};

#[test]
fn a_cart_is_filled_changed_and_emptied() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("mug");
    browser.add("mug");
    browser.add("teapot");
    let change = [("sku", "mug"), ("quantity", "3")];
    browser.submit("/cart", "/cart/quantity", &change).expect_redirect("/cart");
    browser.get("/cart").expect(200, "€73.20");
    browser.submit("/cart", "/cart/remove", &[("sku", "teapot")]).expect_redirect("/cart");
    let page = browser.get("/cart");
    page.expect(200, "€38.70");
    assert!(!page.body.contains("<h2>Teapot</h2>"));
    browser.submit("/cart", "/cart/empty", &[]).expect_redirect("/cart");
    browser.get("/cart").expect(200, "There is nothing in it yet");
}

#[test]
fn a_message_is_shown_once() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("pencil");
    browser.get("/cart").expect(200, "Added to your cart: Pencil.");
    assert!(!browser.get("/cart").body.contains("Added to your cart"));
}

#[test]
fn tabs_that_add_at_once_lose_nothing() {
    let server = Server::slow();
    let mut browser = server.browser();
    // A visitor's first item makes the session that the tabs then share.
    browser.add("pencil");
    let token = browser.get("/shop").field("_csrf");
    let skus = ["mug", "teapot"];
    let next = std::sync::atomic::AtomicUsize::new(0);
    at_once(8, || {
        let mut tab = browser.clone();
        let sku = skus[next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 2];
        for _ in 0..5 {
            tab.post("/cart/add", &[("sku", sku), ("_csrf", &token)], &[]).expect_redirect("/shop");
        }
    });
    let page = browser.get("/cart");
    assert_eq!(page.body.matches(r#"required value="20""#).count(), 2, "{}", page.body);
    assert_eq!(page.body.matches("Added to your cart: Mug.").count(), 20);
    assert_eq!(page.body.matches("Added to your cart: Teapot.").count(), 20);
}

#[test]
fn a_bad_form_changes_nothing() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("mug");
    browser.submit("/cart", "/cart/add", &[("sku", "cannon")]).expect(404, "no such product");
    for quantity in ["-1", "many", "", "1.5", "99999999999"] {
        browser
            .submit("/cart", "/cart/quantity", &[("sku", "mug"), ("quantity", quantity)])
            .expect(422, "The form is not complete");
    }
    browser.submit("/cart", "/cart/remove", &[]).expect(422, "The form is not complete");
    browser.get("/cart").expect(200, r#"required value="1""#);
}
