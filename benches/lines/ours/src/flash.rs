use alo_session::Session;

use crate::error::Result;

pub async fn page(session: Session) -> Result<String> {
    //> flash
    let flashes = session.take_flashes()?.into_iter().map(|flash| flash.kind + ": " + &flash.text + "\n");
    //<
    Ok(flashes.collect())
}
