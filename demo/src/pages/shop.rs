use alo_session::Session;
use maud::{Markup, html};

use crate::{layout, problem::Problem, products::PRODUCTS};

pub(crate) async fn show(session: Session) -> Result<Markup, Problem> {
    let csrf = layout::csrf(&session)?;
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
    Ok(layout::page(&session, "Shop", &main)?)
}
