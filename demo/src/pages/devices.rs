use alo_session::{
    id::SessionHandle,
    session::SessionInfo,
    web::{OwnerSessions, Session},
};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    answer::{Answer, Result},
    config::CAP,
    layout, time,
};

#[derive(Deserialize)]
pub(crate) struct Device {
    handle: SessionHandle,
}

pub(crate) async fn show(session: &Session, sessions: &OwnerSessions) -> Result {
    let Some(owner) = session.owner() else {
        let main = html! {
            h1 { "Your devices" }
            p.lead { "Sign in to see where you are signed in." }
            p { a.button href="/sign-in" { "Sign in" } }
        };
        return layout::page(session, "Your devices", &main);
    };
    let devices = sessions.of(&owner).await?;
    let csrf = layout::csrf(session)?;
    let main = html! {
        h1 { "Your devices" }
        p.lead { "Where " strong { (owner) } " is signed in, newest first. There may be " (CAP) "; one more ends the oldest." }
        ul.devices { @for device in &devices { li { (entry(session, device, &csrf)) } } }
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
    layout::page(session, "Your devices", &main)
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

pub(crate) async fn end(session: &Session, sessions: &OwnerSessions, device: &Device) -> Result {
    let owner = session.require_owner()?;
    if session.id_handle() == Some(device.handle) {
        session.logout()?;
        session.flash("success", "You are signed out here.")?;
        return Ok(Answer::SeeOther("/"));
    }
    // Only a session of this owner ends, whatever handle was sent.
    match sessions.end(&owner, device.handle).await? {
        true => session.flash("success", format!("Session {} has ended.", device.handle))?,
        false => session.flash("error", "You have no such session. It may have ended already.")?,
    }
    Ok(Answer::SeeOther("/devices"))
}

pub(crate) async fn end_others(session: &Session) -> Result {
    let ended = session.end_others().await?;
    session.flash("success", format!("Ended elsewhere: {ended}."))?;
    Ok(Answer::SeeOther("/devices"))
}

/// The caller sees to it that the sign-in is [fresh](crate::config::FRESH).
pub(crate) async fn end_all(session: &Session, sessions: &OwnerSessions) -> Result {
    let owner = session.require_owner()?;
    // This one first, so that the response removes the cookie.
    session.destroy();
    session.save().await?;
    sessions.end_all(&owner).await?;
    Ok(Answer::SeeOther("/session/ended"))
}
