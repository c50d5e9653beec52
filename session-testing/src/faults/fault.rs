use std::time::Duration;

/// What happens to one operation of a [`Faulty`](crate::Faulty) store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// No fault: the store is asked and its answer is returned.
    Pass,
    /// The store is not asked. The error is `Unavailable`, not applied.
    FailBefore,
    /// The store is asked and its answer is lost. The error is `Timeout`, applied unknown.
    FailAfter,
    /// The store is asked after this time. The asynchronous API needs the timer of tokio for it.
    Delay(Duration),
    /// The store is asked and the future is dropped at its first await point, like a cancelled request. The error is
    /// `Timeout`, applied unknown. A blocking store cannot be cancelled and runs to its end.
    DropMidway,
}
