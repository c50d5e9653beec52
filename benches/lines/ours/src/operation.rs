//! What runs the application: settings, store, measurements, jobs.

use std::error::Error;

use alo_session::{
    Metered, OwnerSessions, SessionConfig, SessionError, SessionLayer,
    observe::{Event, observer},
    open,
};

pub fn sessions() -> Result<SessionLayer, Box<dyn Error>> {
    //> settings
    let config: SessionConfig = toml::from_str(&std::fs::read_to_string("session.toml")?)?;
    let secret = std::env::var("SHOP_SECRET")?;
    let config = config.change(|settings| settings.secrets = vec![secret.into()])?;
    //<
    let url = std::env::var("SHOP_STORE")?;
    //> store
    let store = open(&url, &config)?;
    //<
    //> metrics
    let store = Metered::new(store, "sessions");
    //<
    let layer = SessionLayer::new(store, config);
    //> audit
    let (observer, events) = observer(1024);
    let layer = layer.observe(observer);
    std::thread::spawn(|| events.into_iter().for_each(|event| note(&event)));
    //<
    Ok(layer)
}

fn note(event: &Event) {
    println!("{event:?}");
}

//> job
pub async fn close_account(sessions: OwnerSessions, user: u64) -> Result<u64, SessionError> {
    sessions.end_all(user).await
}
//<
