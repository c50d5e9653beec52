//! A test whose user is signed in.

use axum::{body::Body, http::Request};
use lines_tower_sessions::{setup::in_memory, shop::Users};
use tower::ServiceExt as _;

#[tokio::test]
async fn a_user_is_greeted() {
    //> fixture
    let app = in_memory(Users::default());
    let form = Request::post("/sign-in").header("content-type", "application/x-www-form-urlencoded");
    let form = form.body(Body::from("name=ada&password=secret")).unwrap();
    let response = app.clone().oneshot(form).await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let request = Request::get("/").header("cookie", cookie).body(Body::empty()).unwrap();
    //<
    let response = app.oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
    assert_eq!(body, "Hello, ada.");
}
