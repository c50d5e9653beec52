//! What runs the application: settings, store, measurements, jobs.

use std::error::Error;

use axum::Router;
use tower_sessions::{
    Expiry, MemoryStore, SessionManagerLayer, SessionStore,
    cookie::{Key, SameSite, time::Duration},
    service::SignedCookie,
};
use tower_sessions_redis_store::{RedisStore, fred::prelude::*};
use tower_sessions_sqlx_store::{MySqlStore, sqlx::MySqlPool};

use crate::{setup::app, shop::Users};

//> settings
#[derive(serde::Deserialize)]
struct Settings {
    name: String,
    secure: bool,
    idle: i64,
}

fn layer<S: SessionStore>(store: S) -> Result<SessionManagerLayer<S, SignedCookie>, Box<dyn Error>> {
    let settings: Settings = toml::from_str(&std::fs::read_to_string("session.toml")?)?;
    let layer = SessionManagerLayer::new(store)
        .with_name(settings.name)
        .with_secure(settings.secure)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::seconds(settings.idle)))
        .with_signed(Key::from(std::env::var("SHOP_SECRET")?.as_bytes()));
    Ok(layer)
}
//<

pub async fn start(users: Users) -> Result<Router, Box<dyn Error>> {
    let url = std::env::var("SHOP_STORE")?;
    //> store
    Ok(match url.split(':').next() {
        Some("redis") => {
            let pool = Pool::new(Config::from_url(&url)?, None, None, None, 6)?;
            pool.connect();
            pool.wait_for_connect().await?;
            app(users, layer(RedisStore::new(pool))?)
        }
        Some("mysql") => {
            let store = MySqlStore::new(MySqlPool::connect(&url).await?);
            store.migrate().await?;
            app(users, layer(store)?)
        }
        _ => app(users, layer(MemoryStore::default())?),
    })
    //<
}
