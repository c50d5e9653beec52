use alo_session::{Owner, OwnerSessions, Session, id::SessionHandle};
use axum::{extract::Path, response::Redirect};

use crate::error::Result;

//> devices
pub async fn devices(session: Session, Owner(user): Owner<u64>, sessions: OwnerSessions) -> Result<String> {
    let devices = sessions.of(user).await?;
    Ok(devices.iter().map(|device| format!("{} {}\n", device.handle, device.is(&session))).collect())
}

pub async fn end_device(
    Owner(user): Owner<u64>,
    sessions: OwnerSessions,
    Path(handle): Path<SessionHandle>,
) -> Result<Redirect> {
    sessions.end(user, handle).await?;
    Ok(Redirect::to("/devices"))
}

pub async fn end_others(session: Session) -> Result<Redirect> {
    session.end_others().await?;
    Ok(Redirect::to("/devices"))
}
//<
