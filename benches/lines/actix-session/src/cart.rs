use std::collections::BTreeMap;

use actix_session::Session;
use actix_web::web::{Form, Redirect};

use crate::error::Result;

type Cart = BTreeMap<String, u32>;

#[derive(serde::Deserialize)]
pub struct Item {
    sku: String,
}

//> cart
const CART: &str = "cart";

pub async fn add(session: Session, Form(item): Form<Item>) -> Result<Redirect> {
    let mut cart: Cart = session.get(CART)?.unwrap_or_default();
    *cart.entry(item.sku).or_default() += 1;
    session.insert(CART, cart)?;
    Ok(Redirect::to("/cart").see_other())
}
//<
