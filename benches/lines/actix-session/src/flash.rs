use std::fmt::Write as _;

use actix_web::web::Query;
use actix_web_flash_messages::IncomingFlashMessages;

//> account
#[derive(serde::Deserialize)]
pub struct NextUrl {
    next: Option<String>,
}
//<

pub async fn page(messages: IncomingFlashMessages, Query(NextUrl { next }): Query<NextUrl>) -> String {
    //> flash
    let mut body = String::new();
    for message in messages.iter() {
        _ = writeln!(body, "{}: {}", message.level(), message.content());
    }
    //<
    body + &format!("<input type=hidden name=next value={}>", next.unwrap_or_default())
}
