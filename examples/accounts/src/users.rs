use std::{
    fmt,
    num::ParseIntError,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use argon2::{
    Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _,
    password_hash::{SaltString, rand_core::OsRng},
};
use tokio::task::spawn_blocking;

use crate::AppError;

/// The id of a user, which is the owner of its sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserId(u64);

/// The users. A real application has a table for them.
#[derive(Debug, Clone, Default)]
pub struct Users(Arc<Mutex<Vec<User>>>);

#[derive(Debug, Clone)]
struct User {
    id: UserId,
    name: String,
    /// In the format of PHC, with its salt.
    hash: String,
}

impl Users {
    /// Adds a user.
    ///
    /// # Errors
    /// The error of argon2.
    pub fn add(&self, name: &str, password: &str) -> Result<UserId, argon2::password_hash::Error> {
        let hash = hash(password)?;
        let mut users = self.lock();
        let id = UserId(users.len() as u64 + 1);
        users.push(User { id, name: name.to_owned(), hash });
        Ok(id)
    }

    /// Returns whose name and password these are. It takes as long for a name that nobody has.
    pub(crate) async fn check(&self, name: &str, password: String) -> Result<Option<UserId>, AppError> {
        let user = self.lock().iter().find(|user| user.name == name).cloned();
        // Hashing takes long, so it must not hold up other requests.
        let found = spawn_blocking(move || match user {
            Some(user) => {
                Ok::<_, argon2::password_hash::Error>(verify(&user.hash, &password).then_some(user.id))
            }
            None => hash(&password).map(|_| None),
        });
        Ok(found.await??)
    }

    pub(crate) async fn set_password(&self, id: UserId, password: String) -> Result<(), AppError> {
        let hash = spawn_blocking(move || hash(&password)).await??;
        if let Some(user) = self.lock().iter_mut().find(|user| user.id == id) {
            user.hash = hash;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<User>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::generate(&mut OsRng);
    Ok(Argon2::default().hash_password(password.as_bytes(), &salt)?.to_string())
}

fn verify(hash: &str, password: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for UserId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}
