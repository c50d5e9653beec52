use alo_session::{
    SessionError,
    web::{CsrfToken, Session},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    answer::{self, Answer},
    cart::CART,
};

/// A page for this visitor, with the cart and the name in its header and the waiting messages.
pub(crate) fn page(session: &Session, title: &str, main: &Markup) -> answer::Result {
    let messages = session.take_flashes()?;
    let count = session.get_or_default(CART)?.count();
    let visitor = visitor(session)?;
    Ok(Answer::Page(document(
        title,
        &html! {
            a href="/shop" { "Shop" }
            a href="/cart" { "Cart" @if count > 0 { " " span.badge { (count) span.hidden { " items" } } } }
            @if session.owner().is_some() { a href="/devices" { "Devices" } }
            a href="/session" { "Your session" }
        },
        &visitor,
        &html! {
            @for message in &messages {
                p.message.(message.kind) role="status" { (message.text) }
            }
            (main)
        },
    )))
}

/// A page that is the same for all visitors and uses no session.
pub(crate) fn plain(title: &str, main: &Markup) -> Markup {
    let links = html! {
        a href="/shop" { "Shop" }
        a href="/cart" { "Cart" }
        a href="/session" { "Your session" }
    };
    document(title, &links, &html! {}, main)
}

/// The hidden field with the CSRF token, which every form of this site must have.
pub(crate) fn csrf(session: &Session) -> Result<Markup, SessionError> {
    CsrfToken::of(session).input().map(PreEscaped)
}

/// The user's name and the sign-out button, or the link to sign in.
fn visitor(session: &Session) -> Result<Markup, SessionError> {
    let Some(name) = session.owner() else {
        return Ok(html! { a href="/sign-in" { "Sign in" } });
    };
    Ok(html! {
        span.name { span.hidden { "Signed in as " } (name) }
        form method="post" action="/sign-out" {
            (csrf(session)?)
            button.quiet { "Sign out" }
        }
    })
}

fn document(title: &str, links: &Markup, visitor: &Markup, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – alo-session demo" }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="/icon.svg" type="image/svg+xml";
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header.site {
                    a.brand href="/" { "alo" span { "·" } "session" }
                    nav aria-label="Main" { (links) }
                    div.visitor { (visitor) }
                }
                main #main { (main) }
                footer.site {
                    p { "A demonstration. Nothing is sold and no one is charged." }
                }
            }
        }
    }
}
