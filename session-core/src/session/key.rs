use std::{fmt, marker::PhantomData};

/// The name of a value in the session, together with its type: one constant says both for every handler.
///
/// Every method that takes a key takes a `Key<T>` or a string. A string is for a key that is made when the program runs.
///
/// ```
/// # use session_core::{Context, SessionConfig, Timestamp, Visit, exchange, session::Key};
/// # let context = Context::new(SessionConfig::default());
/// # let session = exchange::fresh(&context, &Visit::new(), Timestamp::from_millis(0));
/// const NAME: Key<String> = Key::new("name");
/// const VISITS: Key<u32> = Key::new("visits");
///
/// session.set(NAME, "Ada".to_owned())?;
/// let visits = session.update(VISITS, |visits| { *visits += 1; *visits })?;
/// assert_eq!((session.get(NAME)?.as_deref(), visits), (Some("Ada"), 1));
/// assert_eq!(session.get::<u32>("visits")?, Some(1));
/// # Ok::<(), session_core::SessionError>(())
/// ```
///
/// Another type is a compile error:
///
/// ```compile_fail,E0308
/// # use session_core::{OpenSession, SessionError, session::Key};
/// # const VISITS: Key<u32> = Key::new("visits");
/// fn rename(session: &OpenSession) -> Result<(), SessionError> {
///     session.set(VISITS, "Ada")
/// }
/// ```
///
/// # When the type changes
///
/// A new release reads what the old one wrote, and for a while the old one reads what the new one wrote. A value is stored
/// with the names of its fields, except by the codec bincode.
///
/// | change | what keeps both releases running |
/// |---|---|
/// | a field more | `#[serde(default)]` at the field, or at the struct |
/// | a field less | nothing: what is stored under it is skipped |
/// | a field has another name | `#[serde(alias = "old")]` at the field |
/// | a number gets wider, or `T` becomes `Option<T>` | nothing |
/// | anything else | another key, with its version in the name: `Key::new("cart.2")` |
///
/// A value that does not fit is [`ValueError::Decode`](super::ValueError::Decode), which names the key and the type. It never
/// costs the session: the value stays for the release that can read it, and every other key can be read.
///
/// ```
/// # use session_core::{Context, OpenSession, SessionConfig, SessionError, Timestamp, Visit, exchange, session::Key};
/// # let context = Context::new(SessionConfig::default());
/// # let session = exchange::fresh(&context, &Visit::new(), Timestamp::from_millis(0));
/// const OLD: Key<Vec<String>> = Key::new("cart"); // only names
/// const CART: Key<Vec<(String, u32)>> = Key::new("cart.2"); // names and quantities
///
/// /// Takes over what the last release left.
/// fn cart(session: &OpenSession) -> Result<Vec<(String, u32)>, SessionError> {
///     if let Some(old) = session.take(OLD)? {
///         session.set(CART, old.into_iter().map(|name| (name, 1)).collect())?;
///     }
///     session.get_or_default(CART)
/// }
///
/// session.set(OLD, vec!["mug".to_owned()])?;
/// assert_eq!(cart(&session)?, [("mug".to_owned(), 1)]);
/// # Ok::<(), SessionError>(())
/// ```
pub struct Key<T> {
    name: &'static str,
    value: PhantomData<fn() -> T>,
}

impl<T> Key<T> {
    /// A key with this name. Two keys of one name are one value, so two types must not have the same name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, value: PhantomData }
    }

    /// The name, as it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

/// A name under which a session may hold a `T`: a string for any type, or a [`Key<T>`](Key).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the key of a `{T}`",
    note = "a key is a string, or a `Key` of the type that is meant"
)]
pub trait AsKey<T>: AsRef<str> + sealed::Sealed {}

impl<T> AsKey<T> for str {}
impl<T> AsKey<T> for String {}
impl<T> AsKey<T> for Key<T> {}
impl<T, K: AsKey<T> + ?Sized> AsKey<T> for &K {}

mod sealed {
    pub trait Sealed {}

    impl Sealed for str {}
    impl Sealed for String {}
    impl<T> Sealed for super::Key<T> {}
    impl<K: Sealed + ?Sized> Sealed for &K {}
}

impl<T> AsRef<str> for Key<T> {
    fn as_ref(&self) -> &str {
        self.name
    }
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Key<T> {}

impl<T> fmt::Debug for Key<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key<{}>({:?})", std::any::type_name::<T>(), self.name)
    }
}
