use redis::Pipeline;
use session_core::store::StoreError;
use session_net::Login;

use super::Directory;
use crate::{
    options::login_commands,
    protocol::{
        Command, Reply,
        errors::{is_hung_up, not_applied, refused},
        pack,
    },
};

/// What a new connection begins with: the login, and what is asked of the server. No I/O.
#[derive(Debug)]
pub(crate) struct Greeting {
    login: Vec<Command>,
    handshake: Vec<Command>,
}

impl Greeting {
    pub(crate) fn new(login: &Login, database: u32, handshake: Vec<Command>) -> Self {
        Self { login: login_commands(login, database), handshake }
    }

    /// What to send, or `None` if there is nothing to say.
    pub(crate) fn commands(&self) -> Option<Pipeline> {
        let all: Vec<_> = self.login.iter().chain(&self.handshake).cloned().collect();
        (!all.is_empty()).then(|| pack(all))
    }

    /// # Errors
    /// If the connection must not be used.
    pub(crate) fn check(
        &self,
        directory: &Directory,
        replies: Result<Vec<Reply>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut replies = replies.map_err(|error| {
            if !self.handshake.is_empty() && is_hung_up(&error) {
                directory.refuse_handshake();
            }
            not_applied(error)
        })?;
        let handshake = replies.split_off(self.login.len().min(replies.len()));
        match replies.into_iter().find_map(Reply::into_error) {
            Some(error) => Err(not_applied(refused(&error))),
            None => directory.check_handshake(&handshake),
        }
    }
}
