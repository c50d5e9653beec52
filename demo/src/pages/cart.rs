use alo_session::web::Session;
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    answer::{Answer, Result},
    cart::{CART, Cart, Line},
    layout,
    pages::order,
    problem::Mistake,
    products,
};

#[derive(Deserialize)]
pub(crate) struct Item {
    sku: String,
}

#[derive(Deserialize)]
pub(crate) struct Quantity {
    sku: String,
    quantity: u32,
}

pub(crate) fn show(session: &Session) -> Result {
    let cart = session.get_or_default(CART)?;
    let lines = cart.lines();
    let csrf = layout::csrf(session)?;
    let main = html! {
        h1 { "Your cart" }
        @if lines.is_empty() {
            p.lead { "There is nothing in it yet." }
            p { a.button href="/shop" { "Visit the shop" } }
        } @else {
            ul.cart { @for line in &lines { (row(line, &csrf)) } }
            p.total { "Total " strong { (cart.total()) } }
            div.row.spread {
                form method="post" action="/cart/empty" { (csrf) button.quiet { "Empty the cart" } }
                (order::form(session, &csrf)?)
            }
        }
    };
    layout::page(session, "Your cart", &main)
}

fn row(line: &Line, csrf: &Markup) -> Markup {
    let (sku, name) = (line.product.sku, line.product.name);
    let id = format!("quantity-{sku}");
    html! {
        li {
            div { h2 { (name) } p { (line.product.price) " each" } }
            form.row method="post" action="/cart/quantity" {
                (csrf)
                input type="hidden" name="sku" value=(sku);
                label.hidden for=(id) { "How many: " (name) }
                input #(id) name="quantity" type="number" min="0" max=(Cart::MAX_QUANTITY) required value=(line.quantity);
                button.quiet { "Update" span.hidden { " " (name) } }
            }
            form method="post" action="/cart/remove" {
                (csrf)
                input type="hidden" name="sku" value=(sku);
                button.quiet { "Remove" span.hidden { " " (name) } }
            }
            p.price { (line.sum) }
        }
    }
}

pub(crate) fn add(session: &Session, item: &Item) -> Result {
    let product = products::find(&item.sku).ok_or(Mistake::UnknownProduct)?;
    session.update(CART, |cart| cart.add(product.sku))?;
    session.flash("success", format!("Added to your cart: {}.", product.name))?;
    Ok(Answer::SeeOther("/shop"))
}

pub(crate) fn set_quantity(session: &Session, item: &Quantity) -> Result {
    let product = products::find(&item.sku).ok_or(Mistake::UnknownProduct)?;
    let quantity = item.quantity;
    session.update(CART, move |cart| cart.set(product.sku, quantity))?;
    session.flash("success", "Your cart is up to date.")?;
    Ok(Answer::SeeOther("/cart"))
}

pub(crate) fn remove(session: &Session, item: &Item) -> Result {
    let product = products::find(&item.sku).ok_or(Mistake::UnknownProduct)?;
    session.update(CART, |cart| cart.set(product.sku, 0))?;
    session.flash("success", format!("Removed from your cart: {}.", product.name))?;
    Ok(Answer::SeeOther("/cart"))
}

pub(crate) fn empty(session: &Session) -> Result {
    session.update(CART, Cart::clear)?;
    session.flash("success", "Your cart is empty now.")?;
    Ok(Answer::SeeOther("/cart"))
}
