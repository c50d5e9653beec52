use axum::extract::Query;
use axum_messages::Messages;

//> account
#[derive(serde::Deserialize)]
pub struct NextUrl {
    next: Option<String>,
}
//<

pub async fn page(messages: Messages, Query(NextUrl { next }): Query<NextUrl>) -> String {
    //> flash
    let messages = messages.into_iter().map(|message| format!("{}: {}\n", message.level, message));
    //<
    format!(
        "{}<input type=hidden name=next value={}>",
        messages.collect::<String>(),
        next.unwrap_or_default()
    )
}
