//! What visitors of the shop do again and again.

use std::time::Duration;

use alo_session::SessionConfig;
use futures_util::future::join_all;
use session_testing::{Browser, Page, Site};

use crate::framework::served;

pub(crate) fn config() -> SessionConfig {
    session_demo::config(true).unwrap()
}

pub(crate) fn site() -> Site {
    served(Site::with_config(config(), session_demo::app))
}

/// The site on a slow store: requests at the same moment all load before the first one saves.
pub(crate) fn slow_site() -> Site {
    let site = site();
    site.faults().slow(Duration::from_millis(30));
    site
}

/// Adds one of a product to the cart.
pub(crate) async fn add(browser: &Browser, sku: &str) {
    submit(browser, "/shop", "/cart/add", &[("sku", sku)]).await.assert_redirects_to("/shop");
}

pub(crate) async fn sign_in(browser: &Browser, name: &str) -> Page {
    submit(browser, "/sign-in", "/sign-in", &[("name", name)]).await
}

pub(crate) async fn sign_out(browser: &Browser) {
    submit(browser, "/shop", "/sign-out", &[]).await.assert_redirects_to("/");
}

/// Opens a page and sends a form with its token to this path, whether it has such a form or not.
pub(crate) async fn submit(browser: &Browser, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let token = browser.get(page).await.csrf_token().expect("the page has a token");
    let answer = browser.post(path).form(&[fields, &[("_csrf", token.as_str())]].concat()).await;
    assert!(
        !answer.status().is_redirection() || answer.status() == 303,
        "a form is not sent again: {answer:?}"
    );
    answer
}

/// Makes all these requests at the same moment.
pub(crate) async fn at_once<T>(times: usize, request: impl AsyncFn(usize) -> T) -> Vec<T> {
    join_all((0..times).map(|number| request(number))).await
}

#[track_caller]
pub(crate) fn between(page: &Page, start: &str, end: &str) -> String {
    let text = page.text();
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start:?} in {text}"));
    rest.split_once(end).unwrap().0.to_owned()
}
