use alo_session::web::Session;
use maud::html;

use crate::{answer::Result, layout};

pub(crate) fn show(session: &Session) -> Result {
    let visits = session.update("visits", |visits: &mut u64| {
        *visits += 1;
        *visits
    })?;
    let main = html! {
        p.eyebrow { "Server-side sessions for Rust" }
        h1 { "Hello, " (session.owner().as_deref().unwrap_or("stranger")) "." }
        p.lead {
            @if visits == 1 { "This is your first visit to this page." }
            @else { "You have opened this page " strong { (visits) } " times." }
            " The number is kept on the server; your browser holds nothing but an id."
        }
        p.row { a.button href="/shop" { "Visit the shop" } a.button.quiet href="/session" { "Look into your session" } }
        h2 { "What to try" }
        ol.tries {
            li { strong { "Count." } " Reload this page in two tabs as fast as you can. No visit is lost." }
            li {
                strong { "Fill the cart in two tabs." }
                " Open the shop twice and add something in each. The cart has both: the second save is made again on "
                "what the first one left."
            }
            li {
                strong { "Sign in." }
                " Your cart comes along, the session gets a new id, and a copy of the old cookie opens nothing."
            }
            li {
                strong { "Order, go back, order again." }
                " The second try is refused, even if both are sent at the same moment."
            }
            li {
                strong { "Sign out." }
                " The session is gone on the server. A request that was still running cannot bring it back."
            }
            li {
                strong { "Sign in with a second browser." }
                " Your devices page shows both, and ends either, or all of them."
            }
            li {
                strong { "Wait five minutes." }
                " An unused session ends by itself, unless you asked to stay signed in."
            }
        }
    };
    layout::page(session, "Home", &main)
}
