use alo_session::{Key, SessionError, web::Session};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    answer::{Answer, Result},
    cart::{CART, Cart},
    layout,
    problem::Mistake,
};

/// The name of the one-time token.
const ONCE: &str = "order";
/// The last order.
const ORDERED: Key<Cart> = Key::new("order");

#[derive(Deserialize)]
pub(crate) struct Order {
    once: String,
}

/// The button that orders what is in the cart. Its token is good for one order, in however many tabs it is shown.
pub(crate) fn form(session: &Session, csrf: &Markup) -> std::result::Result<Markup, SessionError> {
    let once = session.tokens().text(ONCE)?;
    Ok(html! {
        form method="post" action="/order" {
            (csrf)
            input type="hidden" name="once" value=(once.as_str());
            button { "Order now" }
        }
    })
}

pub(crate) async fn place(session: &Session, order: &Order) -> Result {
    // The store decides: of all requests that send this token, one gets past this line.
    if !session.consume(ONCE, &order.once).await? {
        return Err(Mistake::OrderedAlready.into());
    }
    let ordered = session.get_or_default(CART)?;
    if ordered.count() == 0 {
        session.flash("error", "Your cart was empty, so nothing was ordered.")?;
        return Ok(Answer::SeeOther("/cart"));
    }
    session.set(ORDERED, ordered.clone())?;
    session.update(CART, move |cart| cart.take_out(&ordered))?;
    session.flash("success", "Thank you. Your order has been placed.")?;
    Ok(Answer::SeeOther("/order"))
}

pub(crate) fn show(session: &Session) -> Result {
    let ordered = session.get_or_default(ORDERED)?;
    let main = html! {
        h1 { "Your order" }
        @if ordered.count() == 0 {
            p.lead { "You have not ordered anything yet." }
            p { a.button href="/cart" { "Go to your cart" } }
        } @else {
            div.scroll {
                table {
                    thead { tr { th scope="col" { "Product" } th.number scope="col" { "Quantity" } th.number scope="col" { "Sum" } } }
                    tbody {
                        @for line in ordered.lines() {
                            tr { th scope="row" { (line.product.name) } td.number { (line.quantity) } td.number { (line.sum) } }
                        }
                    }
                    tfoot { tr { th scope="row" colspan="2" { "Total" } td.number { (ordered.total()) } } }
                }
            }
            p.note {
                "Now press “back” in your browser and order again. The form is still there, but its token is used up."
            }
        }
    };
    layout::page(session, "Your order", &main)
}
