use alo_session::{FreshSession, OwnerSessions, Session, id::SessionHandle, session::SessionInfo};
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;

use crate::{app::CAP, form::Form, layout, problem::Problem, time};

/// How many seconds a sign-in is fresh enough to end all sessions.
const FRESH: u64 = 120;

#[derive(Deserialize)]
pub(crate) struct Device {
    handle: SessionHandle,
}

pub(crate) async fn show(session: Session, sessions: OwnerSessions) -> Result<Markup, Problem> {
    let Some(owner) = session.owner() else {
        let main = html! {
            h1 { "Your devices" }
            p.lead { "Sign in to see where you are signed in." }
            p { a.button href="/sign-in" { "Sign in" } }
        };
        return Ok(layout::page(&session, "Your devices", &main)?);
    };
    let devices = sessions.of(&owner).await?;
    let csrf = layout::csrf(&session)?;
    let main = html! {
        h1 { "Your devices" }
        p.lead { "Where " strong { (owner) } " is signed in, newest first. There may be " (CAP) "; one more ends the oldest." }
        ul.devices { @for device in &devices { li { (entry(&session, device, &csrf)) } } }
        h2 { "End several" }
        div.row {
            form method="post" action="/devices/end-others" { (csrf) button { "All but this one" } }
            form method="post" action="/devices/end-all" { (csrf) button.danger { "All of them" } }
        }
        p.note {
            "What ends here ends on the server, also for requests that are still running there. To end all of them you must "
            "have signed in during the last two minutes."
        }
    };
    Ok(layout::page(&session, "Your devices", &main)?)
}

fn entry(session: &Session, device: &SessionInfo, csrf: &Markup) -> Markup {
    let name = device.label.as_deref().unwrap_or("Some device");
    html! {
        div {
            h2 { (name) @if device.is(session) { " " span.badge { "this one" } } }
            p {
                code { (device.handle) } " – last seen " (time::moment(device.last_seen))
                @if let Some(at) = device.authenticated { ", signed in " (time::moment(at)) }
            }
        }
        form method="post" action="/devices/end" {
            (csrf)
            input type="hidden" name="handle" value=(device.handle.to_hex());
            button.quiet { "End" span.hidden { " " (name) ", " (device.handle) } }
        }
    }
}

pub(crate) async fn end(
    session: Session,
    sessions: OwnerSessions,
    Form(device): Form<Device>,
) -> Result<Redirect, Problem> {
    let owner = session.require_owner()?;
    if session.id_handle() == Some(device.handle) {
        session.logout()?;
        session.flash("success", "You are signed out here.")?;
        return Ok(Redirect::to("/"));
    }
    // Only a session of this owner ends, whatever handle was sent.
    match sessions.end(&owner, device.handle).await? {
        true => session.flash("success", format!("Session {} has ended.", device.handle))?,
        false => session.flash("error", "You have no such session. It may have ended already.")?,
    }
    Ok(Redirect::to("/devices"))
}

pub(crate) async fn end_others(session: Session) -> Result<Redirect, Problem> {
    let ended = session.end_others().await?;
    session.flash("success", format!("Ended elsewhere: {ended}."))?;
    Ok(Redirect::to("/devices"))
}

pub(crate) async fn end_all(
    FreshSession(session): FreshSession<FRESH>,
    sessions: OwnerSessions,
) -> Result<Redirect, Problem> {
    let owner = session.require_owner()?;
    // This one first, so that the response removes the cookie.
    session.destroy();
    session.save().await?;
    sessions.end_all(&owner).await?;
    Ok(Redirect::to("/session/ended"))
}
