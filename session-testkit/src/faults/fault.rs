use std::time::Duration;

/// What happens to one operation of a [`Faulty`](crate::Faulty) store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing: the store is asked and its answer is given.
    Pass,
    /// The store is not asked. `Unavailable`, nothing applied.
    FailBefore,
    /// The store is asked, and its answer is lost. `Timeout`, applied or not: unknown.
    FailAfter,
    /// The store is asked after this time. The asynchronous API needs tokio's timer for it.
    Delay(Duration),
    /// The store is asked and the future dropped at its first await point, as when a request is cancelled.
    /// `Timeout`, applied or not: unknown. A blocking store cannot be cancelled and runs to its end.
    DropMidway,
}
