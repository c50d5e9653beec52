use std::fmt;

/// The operations of a store, without their arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a tenth operation changes the contract")]
pub enum Operation {
    /// [`Store::load`](super::Store::load)
    Load,
    /// [`Store::create`](super::Store::create)
    Create,
    /// [`Store::commit`](super::Store::commit)
    Commit,
    /// [`Store::touch`](super::Store::touch)
    Touch,
    /// [`Store::rotate`](super::Store::rotate)
    Rotate,
    /// [`Store::delete`](super::Store::delete)
    Delete,
    /// [`Store::list`](super::Store::list)
    List,
    /// [`Store::revoke`](super::Store::revoke)
    Revoke,
    /// [`Store::sweep`](super::Store::sweep)
    Sweep,
}

impl Operation {
    /// The name of its method, as logs and metrics show it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Create => "create",
            Self::Commit => "commit",
            Self::Touch => "touch",
            Self::Rotate => "rotate",
            Self::Delete => "delete",
            Self::List => "list",
            Self::Revoke => "revoke",
            Self::Sweep => "sweep",
        }
    }

    /// Whether the operation changes nothing in the store.
    #[must_use]
    pub const fn is_read(self) -> bool {
        matches!(self, Self::Load | Self::List)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
