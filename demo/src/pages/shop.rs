use alo_session::web::Session;
use maud::html;

use crate::{answer::Result, layout, products::PRODUCTS};

pub(crate) fn show(session: &Session) -> Result {
    let csrf = layout::csrf(session)?;
    let main = html! {
        h1 { "Shop" }
        p.lead { "Things for a quiet afternoon. What you add waits in your session." }
        ul.products {
            @for product in &PRODUCTS {
                li {
                    h2 { (product.name) }
                    p { (product.about) }
                    form.row.spread method="post" action="/cart/add" {
                        (csrf)
                        input type="hidden" name="sku" value=(product.sku);
                        span.price { (product.price) }
                        button { "Add" span.hidden { " " (product.name) } " to cart" }
                    }
                }
            }
        }
    };
    layout::page(session, "Shop", &main)
}
