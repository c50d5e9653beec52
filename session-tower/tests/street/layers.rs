//! The layer and its neighbours: twice in one stack, beside headers of other layers, beside caches.

use axum::{
    Router,
    extract::Request,
    http::HeaderValue,
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use session_core::store::Operation;
use session_tower::{CachePolicy, LazySession, SessionFailure};

use crate::harness::{Fate, Site};

async fn count_in_middleware(request: Request, next: Next) -> Result<Response, SessionFailure> {
    let session = LazySession::from_request(&request)?.load().await?;
    session.update("seen", |seen: &mut u32| *seen += 1)?;
    Ok(next.run(request).await)
}

async fn seen(session: session_tower::Session) -> crate::harness::site::Answer {
    Ok(format!("{:?} {:?}", session.get::<u32>("seen")?, session.get::<u32>("n")?))
}

#[tokio::test]
async fn the_layer_twice_is_one_session() {
    for nested in [false, true] {
        let site = Site::with(
            |_| {},
            |app, layer| {
                let app = app.route("/seen", get(seen)).layer(layer.clone());
                let app = if nested {
                    Router::new().merge(Router::new().nest("/x", app.clone()).merge(app))
                } else {
                    app
                };
                app.layer(middleware::from_fn(count_in_middleware)).layer(layer)
            },
        )
        .await;
        let prefix = if nested { "/x" } else { "" };
        let mut ada = site.browser();
        let page = ada.get(&format!("{prefix}/write")).await;
        assert_eq!((page.session_cookies().len(), site.store.len()), (1, 1), "nested: {nested}");
        assert_eq!(ada.get(&format!("{prefix}/seen")).await.body, "Some(2) Some(1)", "nested: {nested}");
        let page = ada.get(&format!("{prefix}/sign-in/ada")).await;
        assert_eq!((page.status, page.session_cookies().len()), (200, 1), "{}", page.body);
        assert_eq!(ada.get(&format!("{prefix}/who")).await.body, "ada 1");
    }
}

#[tokio::test]
async fn headers_of_an_outer_layer_are_on_every_answer_of_ours() {
    let cors = |mut response: Response| async {
        response
            .headers_mut()
            .insert("access-control-allow-origin", HeaderValue::from_static("https://app.test"));
        response
    };
    let csrf = session_tower::CsrfLayer::new();
    let site =
        Site::with(|_| {}, |app, layer| app.layer(csrf).layer(layer).layer(middleware::map_response(cors)))
            .await;
    let mut ada = site.ada().await;
    let allowed = |page: &crate::harness::Page| page.all("access-control-allow-origin").len();
    let refused = ada.post("/write", "").await;
    assert_eq!((refused.status, allowed(&refused)), (403, 1));
    site.odd.next(Operation::Commit, Fate::Fail);
    let failed = ada.get("/write").await;
    assert_eq!((failed.status, allowed(&failed)), (503, 1));
}

#[tokio::test]
async fn no_shared_cache_may_keep_a_response_with_a_session_cookie() {
    for policy in [CachePolicy::Leave, CachePolicy::Private, CachePolicy::NoStore] {
        for own in ["public, max-age=60", "max-age=60", "s-maxage=60", "private", ""] {
            let site = Site::with(
                |_| {},
                |app, layer| {
                    let public = get(async move |session: session_tower::Session| {
                        session.set("n", 1).unwrap();
                        [("cache-control", own)]
                    });
                    app.route("/public", public).layer(layer.cache(policy))
                },
            )
            .await;
            let mut ada = site.browser();
            let page = ada.get("/public").await;
            assert_eq!(page.session_cookies().len(), 1);
            let control = page.all("cache-control").join(",");
            let is_kept_private = control.contains("no-store") || control.contains("private");
            assert!(is_kept_private && !control.contains("public"), "{policy:?}, {own:?}: {control:?}");
        }
    }
}

#[tokio::test]
async fn pages_and_their_revalidation_are_not_stored_unless_the_handler_says_private() {
    let private = get(async |_: session_tower::Session| [("cache-control", "private, max-age=5")]);
    let site = Site::with(|_| {}, |app, layer| app.route("/private", private).layer(layer)).await;
    let mut ada = site.ada().await;
    for path in ["/who", "/status/200", "/status/304"] {
        let control = ada.get(path).await.all("cache-control").join(",");
        assert!(control.contains("no-store"), "{path}: {control}");
    }
    assert_eq!(ada.get("/private").await.all("cache-control"), ["private, max-age=5"]);
}
