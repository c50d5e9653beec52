use alo_session::web::Session;
use maud::{Markup, html};

use super::handle_of;
use crate::{
    answer::{Answer, Result},
    layout, time,
};

pub(crate) async fn show(session: &Session) -> Result {
    let csrf = layout::csrf(session)?;
    let is_new = session.is_new();
    // Saved now, so that the page shows what is stored.
    session.save().await?;
    let main = html! {
        h1 { "Your session" }
        p.lead { "All of this is kept on the server. Your browser has the id, which no page and no log ever shows." }
        (facts(session, is_new))
        h2 { "What it holds" }
        (contents(session)?)
        h2 { "What you can do with it" }
        div.row {
            form method="post" action="/session/new-id" { (csrf) button { "Change the id" } }
            form method="post" action="/session/end" { (csrf) button.danger { "End the session" } }
        }
        p.note {
            "A new id is what a session gets when rights change; the old one is dead at once. Ending the session deletes "
            "it on the server and tells the browser to forget its cookie."
        }
    };
    layout::page(session, "Your session", &main)
}

fn facts(session: &Session, is_new: bool) -> Markup {
    let (now, left) = (session.now(), session.expires_in(session.now()));
    html! {
        dl.facts {
            dt { "Handle" } dd { code { (handle_of(session)) } " – the name that logs know it by; it opens nothing" }
            dt { "State" } dd { @if is_new { "new with this page" } @else { "known from an earlier page" } }
            dt { "Signed in" }
            dd {
                @match (session.owner(), session.authenticated()) {
                    (Some(name), Some(since)) => { strong { (name) } ", since " (time::moment(since)) },
                    _ => "no",
                }
            }
            dt { "Created" } dd { (time::moment(session.created())) }
            dt { "Ends if unused" } dd { (time::moment(now.after(left))) " – in " (time::length(left)) " unless you come back" }
            dt { "Ends at the latest" }
            dd { (time::moment(session.absolute_deadline())) " – however much you use it" }
        }
    }
}

fn contents(session: &Session) -> Result<Markup> {
    let json = session.to_json()?;
    let Some(entries) = json.as_object().filter(|entries| !entries.is_empty()) else {
        return Ok(html! { p { "Nothing yet. Add something to your cart, or open the start page." } });
    };
    Ok(html! {
        div.scroll {
            table {
                thead { tr { th scope="col" { "Key" } th scope="col" { "Value" } } }
                tbody { @for (key, value) in entries { tr { th scope="row" { code { (key) } } td { code { (value) } } } } }
            }
        }
        details {
            summary { "The same as JSON" }
            pre tabindex="0" { code { (format!("{json:#}")) } }
        }
    })
}

pub(crate) async fn new_id(session: &Session) -> Result {
    let before = handle_of(session);
    session.rotate()?;
    session.save().await?;
    let after = handle_of(session);
    session.flash("success", format!("Your session has a new id: it was {before} and is {after} now."))?;
    Ok(Answer::SeeOther("/session"))
}

pub(crate) fn end(session: &Session) -> Answer {
    session.destroy();
    Answer::SeeOther("/session/ended")
}

/// Uses no session, because a new one would replace the one that was just ended.
pub(crate) fn ended() -> Markup {
    layout::plain(
        "Your session has ended",
        &html! {
            h1 { "Your session has ended" }
            p.lead { "It is deleted on the server, and your browser has forgotten its cookie. The next page starts a new one." }
            p { a.button href="/" { "Start again" } }
        },
    )
}
