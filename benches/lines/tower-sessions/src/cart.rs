use std::collections::BTreeMap;

use axum::{Form, response::Redirect};
use tower_sessions::Session;

use crate::error::Result;

type Cart = BTreeMap<String, u32>;

#[derive(serde::Deserialize)]
pub struct Item {
    sku: String,
}

//> cart
const CART: &str = "cart";

pub async fn add(session: Session, Form(item): Form<Item>) -> Result<Redirect> {
    let mut cart: Cart = session.get(CART).await?.unwrap_or_default();
    *cart.entry(item.sku).or_default() += 1;
    session.insert(CART, cart).await?;
    Ok(Redirect::to("/cart"))
}
//<
