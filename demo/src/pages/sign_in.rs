use std::time::Duration;

use alo_session::web::Session;
use maud::html;
use serde::Deserialize;

use super::handle_of;
use crate::{
    answer::{Answer, Result},
    config::CAP,
    device, layout,
};

const MAX_CHARACTERS: usize = 40;
const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);

#[derive(Deserialize)]
pub(crate) struct SignIn {
    name: String,
    remember: Option<String>,
}

pub(crate) fn show(session: &Session) -> Result {
    let csrf = layout::csrf(session)?;
    let main = html! {
        h1 { "Sign in" }
        @if let Some(name) = session.owner() {
            p.lead { "You are signed in as " strong { (name) } ". You may sign in with another name." }
        } @else {
            p.lead { "Any name will do." }
        }
        form.stack method="post" action="/sign-in" {
            (csrf)
            label for="name" { "Your name" }
            input #name name="name" type="text" required maxlength=(MAX_CHARACTERS) autocomplete="username"
                aria-describedby="why";
            label.check for="remember" {
                input #remember name="remember" type="checkbox" value="yes";
                "Stay signed in here for 30 days"
            }
            button { "Sign in" }
        }
        p.note #why {
            strong { "There is no password, on purpose." }
            " Checking who you are is the application’s part; a session starts after that. This page shows what must "
            "happen then: the session gets a new id, so that an id that was planted or stolen before is worth nothing. "
            "Your cart stays."
        }
    };
    layout::page(session, "Sign in", &main)
}

pub(crate) async fn sign_in(session: &Session, form: &SignIn, user_agent: &str) -> Result {
    let name = form.name.trim();
    if name.is_empty() || name.chars().count() > MAX_CHARACTERS {
        session.flash("error", format!("A name has 1 to {MAX_CHARACTERS} characters."))?;
        return Ok(Answer::SeeOther("/sign-in"));
    }
    let before = handle_of(session);
    session.login(name)?;
    session.remember(form.remember.as_ref().map(|_| REMEMBERED))?;
    session.set_label(Some(&device::name(user_agent)))?;
    // Saved here in order to show the new handle and what the cap ended; otherwise the response would save it.
    let evicted = session.save().await?.evicted;
    let after = handle_of(session);
    session.flash(
        "success",
        format!("Welcome, {name}. Your session was {before} and is {after} now, under a new id."),
    )?;
    for handle in evicted {
        session.flash("info", format!("Your oldest session, {handle}, was ended: a name may have {CAP}."))?;
    }
    Ok(Answer::SeeOther("/"))
}

pub(crate) fn sign_out(session: &Session) -> Result {
    session.logout()?;
    session.flash("success", "You are signed out. What was in your session is gone.")?;
    Ok(Answer::SeeOther("/"))
}
