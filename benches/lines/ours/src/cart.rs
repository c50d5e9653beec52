use std::collections::BTreeMap;

use alo_session::{Key, Session};
use axum::{Form, response::Redirect};

use crate::error::Result;

type Cart = BTreeMap<String, u32>;

#[derive(serde::Deserialize)]
pub struct Item {
    sku: String,
}

//> cart
const CART: Key<Cart> = Key::new("cart");

pub async fn add(session: Session, Form(item): Form<Item>) -> Result<Redirect> {
    session.update(CART, |cart| *cart.entry(item.sku).or_default() += 1)?;
    Ok(Redirect::to("/cart"))
}
//<
