use std::{fmt, marker::PhantomData};

/// The kind of the sessions of an application that has one kind of session. It is the default wherever a kind can be named,
/// so most applications never name it.
///
/// A second kind is a second cookie in the same request, such as that of a shop and that of its administration. Any type of
/// the application can be a kind, such as `struct Admin`.
///
/// Two kinds need two names of cookies. Give them two stores, or two prefixes or tables of one, if an owner of one kind must not
/// be one of the other.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Main;

/// Says which kind a value belongs to, and is `Send` and `Sync` whatever the kind is.
pub struct Kind<K>(PhantomData<fn() -> K>);

impl<K> Kind<K> {
    /// Makes the mark of a kind.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<K> Default for Kind<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Clone for Kind<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Kind<K> {}

impl<K> fmt::Debug for Kind<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::any::type_name::<K>())
    }
}
