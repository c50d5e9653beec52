//! The pages, one file each: how it is shown, and what its forms do. They know the session and no web framework.

pub(crate) mod cart;
pub(crate) mod devices;
pub(crate) mod home;
pub(crate) mod order;
pub(crate) mod shop;
pub(crate) mod sign_in;
pub(crate) mod your_session;

use alo_session::web::Session;

/// The name of the session in logs. It is not a secret and opens nothing.
fn handle_of(session: &Session) -> String {
    session.id_handle().map_or_else(|| "not stored yet".to_owned(), |handle| handle.to_string())
}
