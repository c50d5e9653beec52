use crate::server::{Server, at_once};

#[test]
fn an_order_can_be_sent_once() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("lamp");
    let cart = browser.get("/cart");
    let (csrf, once) = (cart.field("_csrf"), cart.field("once"));
    let order = [("_csrf", csrf.as_str()), ("once", once.as_str())];

    browser.post("/order", &order, &[]).expect_redirect("/order");
    browser.get("/order").expect(200, "€89.00");
    browser.get("/cart").expect(200, "There is nothing in it yet");

    browser.add("mug");
    browser.post("/order", &order, &[]).expect(409, "This order was sent already");
    browser.get("/cart").expect(200, "€12.90");
    browser.get("/order").expect(200, "€89.00");
}

#[test]
fn of_orders_at_the_same_moment_one_counts() {
    let server = Server::slow();
    let mut browser = server.browser();
    browser.add("lamp");
    let cart = browser.get("/cart");
    let (csrf, once) = (cart.field("_csrf"), cart.field("once"));
    let order = [("_csrf", csrf.as_str()), ("once", once.as_str())];
    let mut statuses = at_once(8, || browser.clone().post("/order", &order, &[]).status);
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409, 409, 409, 409, 409, 409, 409]);
}

#[test]
fn a_made_up_order_is_refused() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("lamp");
    for once in ["", "x", &"A".repeat(86)] {
        browser.submit("/cart", "/order", &[("once", once)]).expect(409, "sent already");
    }
    browser.get("/cart").expect(200, "€89.00");
    browser.get("/order").expect(200, "not ordered anything yet");
}

#[test]
fn a_cart_emptied_in_another_tab_orders_nothing() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("lamp");
    let once = browser.get("/cart").field("once");
    browser.submit("/cart", "/cart/empty", &[]).expect_redirect("/cart");
    browser.submit("/shop", "/order", &[("once", &once)]).expect_redirect("/cart");
    browser.get("/cart").expect(200, "nothing was ordered");
}
