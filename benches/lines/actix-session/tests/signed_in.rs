//! A test whose user is signed in.

use actix_identity::IdentityMiddleware;
use actix_session::{SessionMiddleware, storage::CookieSessionStore};
use actix_web::{App, cookie::Key, test, web::Data};
use lines_actix_session::{setup::routes, shop::Users};

#[actix_web::test]
async fn a_user_is_greeted() {
    //> fixture
    let sessions = SessionMiddleware::new(CookieSessionStore::default(), Key::generate());
    let app = App::new().app_data(Data::new(Users::default())).wrap(IdentityMiddleware::default());
    let app = test::init_service(app.wrap(sessions).configure(routes)).await;
    let form = test::TestRequest::post().uri("/sign-in").set_form([("name", "ada"), ("password", "secret")]);
    let response = test::call_service(&app, form.to_request()).await;
    let cookie = response.response().cookies().next().unwrap().into_owned();
    let request = test::TestRequest::get().uri("/").cookie(cookie).to_request();
    //<
    assert_eq!(test::call_and_read_body(&app, request).await, "Hello, ada.");
}
