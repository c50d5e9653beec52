use std::error::Error;

use actix_identity::IdentityMiddleware;
use actix_session::{SessionMiddleware, storage::RedisSessionStore};
use actix_web::{App, HttpServer, cookie::Key, web};
use actix_web_flash_messages::{FlashMessagesFramework, storage::CookieMessageStore};

use crate::{account, cart, flash, oauth, role, shop::Users, sign_in};

/// Serves the application with its sessions in Redis.
pub async fn serve(users: Users) -> Result<(), Box<dyn Error>> {
    //> setup
    let secret_key = Key::generate();
    let redis_store = RedisSessionStore::new("redis://127.0.0.1:6379").await?;
    //<
    //> flash
    let message_store = CookieMessageStore::builder(secret_key.clone()).build();
    let message_framework = FlashMessagesFramework::builder(message_store).build();
    //<
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(users.clone()))
            //> flash
            .wrap(message_framework.clone())
            //<
            //> sign-in
            .wrap(IdentityMiddleware::default())
            //<
            //> setup
            .wrap(SessionMiddleware::new(redis_store.clone(), secret_key.clone()))
            //<
            .configure(routes)
            .wrap(crate::operation::pages())
    });
    Ok(server.bind(("127.0.0.1", 8080))?.run().await?)
}

/// The routes of the application.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(account::account))
        .route("/sign-in", web::get().to(flash::page))
        .route("/sign-in", web::post().to(sign_in::sign_in))
        .route("/sign-out", web::post().to(sign_in::sign_out))
        .route("/cart", web::post().to(cart::add))
        .route("/oauth", web::get().to(oauth::begin))
        .route("/oauth/callback", web::get().to(oauth::callback))
        .configure(role::routes);
}
