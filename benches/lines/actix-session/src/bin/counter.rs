//! A counter on Redis that knows who counts, and its test.

use std::error::Error;

use actix_identity::{Identity, IdentityMiddleware};
use actix_session::{Session, SessionMiddleware, storage::RedisSessionStore};
use actix_web::{
    App, HttpMessage as _, HttpRequest, HttpServer,
    cookie::Key,
    error::ErrorInternalServerError,
    web::{self, Form, Redirect},
};

#[derive(serde::Deserialize)]
struct SignIn {
    name: String,
}

async fn sign_in(request: HttpRequest, Form(form): Form<SignIn>) -> actix_web::Result<Redirect> {
    Identity::login(&request.extensions(), form.name).map_err(ErrorInternalServerError)?;
    Ok(Redirect::to("/").see_other())
}

async fn count(session: Session, identity: Option<Identity>) -> actix_web::Result<String> {
    let visits = session.get::<u32>("visits")?.unwrap_or_default() + 1;
    session.insert("visits", visits)?;
    let name = match identity {
        Some(identity) => identity.id()?,
        None => "stranger".to_owned(),
    };
    Ok(format!("Hello, {name}. You were here {visits} times.\n"))
}

fn routes(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(count)).route("/sign-in", web::post().to(sign_in));
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret_key = Key::generate();
    let redis_store = RedisSessionStore::new("redis://127.0.0.1:6379").await?;
    let server = HttpServer::new(move || {
        App::new()
            .wrap(IdentityMiddleware::default())
            .wrap(SessionMiddleware::new(redis_store.clone(), secret_key.clone()))
            .configure(routes)
    });
    Ok(server.bind(("127.0.0.1", 3000))?.run().await?)
}

#[cfg(test)]
mod tests {
    use actix_session::storage::CookieSessionStore;
    use actix_web::test::{TestRequest, call_and_read_body, call_service, init_service};

    use super::*;

    #[actix_web::test]
    async fn a_user_is_counted() {
        let sessions = SessionMiddleware::new(CookieSessionStore::default(), Key::generate());
        let app = App::new().wrap(IdentityMiddleware::default()).wrap(sessions).configure(routes);
        let app = init_service(app).await;
        let form = TestRequest::post().uri("/sign-in").set_form([("name", "ada")]);
        let response = call_service(&app, form.to_request()).await;
        let cookie = response.response().cookies().next().unwrap().into_owned();
        let request = TestRequest::get().uri("/").cookie(cookie).to_request();
        assert_eq!(call_and_read_body(&app, request).await, "Hello, ada. You were here 1 times.\n");
    }
}
