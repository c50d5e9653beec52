use session_core::store::{Applied, StoreErrorKind};

/// What follows from an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// What the caller is told.
    pub kind: StoreErrorKind,
    /// What follows for the connection and for the next attempt.
    pub class: Class,
    /// Whether a statement that takes effect may have done so.
    pub applied: Applied,
}

/// What follows for the connection and for the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The connection is in step and may be used again.
    Answer,
    /// An answer: another row has the key.
    Duplicate,
    /// An answer: there is no such table.
    MissingTable,
    /// An answer: the server ended a statement that took too long.
    OutOfTime,
    /// The server rolled back so that others could go on, and expects the same again.
    Conflict,
    /// The server does not serve, or not any more, and another one behind the same address may.
    WrongServer,
    /// The connection is out of step or ended, and probably the others with it.
    Broken,
    /// A proxy gave up on its server: this connection is closed, the others may be well.
    Proxy,
    /// There is no connection to blame, or none that may be used again.
    NoConnection,
}

impl Meaning {
    /// An answer after which the connection may be used again.
    #[must_use]
    pub const fn answer(kind: StoreErrorKind, applied: Applied) -> Self {
        Self { kind, class: Class::Answer, applied }
    }

    /// An error of this class.
    #[must_use]
    pub const fn of(class: Class, kind: StoreErrorKind, applied: Applied) -> Self {
        Self { kind, class, applied }
    }
}
