//! What the application has whatever holds its sessions: users, and the form with which they sign in. It is not counted.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A user.
#[derive(Debug, Clone)]
pub struct User {
    /// The id.
    pub id: u64,
    /// What the user is greeted by.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// The hash of the password.
    pub hash: Vec<u8>,
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Buys.
    Customer,
    /// Does everything.
    Admin,
}

/// The form of the sign-in page.
#[derive(Debug, Clone, Deserialize)]
pub struct Credentials {
    /// The name.
    pub name: String,
    /// The password, which is not hashed here.
    pub password: String,
    /// Whether the box was ticked.
    pub remember: Option<String>,
    /// Where the visitor wanted to go, for libraries that keep it in the form.
    pub next: Option<String>,
}

/// The users. A real application has a table for them.
#[derive(Debug, Clone)]
pub struct Users(Arc<[User]>);

/// The table of users failed.
#[derive(Debug, thiserror::Error)]
#[error("the users cannot be read")]
pub struct UsersError;

impl Users {
    /// Returns the user with this name and password.
    pub async fn check(&self, credentials: &Credentials) -> Result<Option<User>, UsersError> {
        let is_asked =
            |user: &&User| user.name == credentials.name && user.hash == credentials.password.as_bytes();
        Ok(self.0.iter().find(is_asked).cloned())
    }

    /// Returns the user with this id.
    pub async fn find(&self, id: u64) -> Result<Option<User>, UsersError> {
        Ok(self.0.iter().find(|user| user.id == id).cloned())
    }
}

impl Default for Users {
    fn default() -> Self {
        let user = |id, name: &str, role| User { id, name: name.to_owned(), role, hash: b"secret".to_vec() };
        Self(Arc::new([user(1, "ada", Role::Admin), user(2, "bob", Role::Customer)]))
    }
}

/// Returns a text that nobody guesses, for libraries that make none.
pub fn new_state() -> String {
    format!("{:032x}", fastrand::u128(..))
}
