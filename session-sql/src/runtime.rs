use std::{
    future::Future,
    sync::Weak,
    time::{Duration, Instant},
};

use crate::{Attempt, Client, Pool, Sweeping};

/// How the operations of a pool wait, and where what happens beside them runs: on tokio, or on threads.
pub trait Runtime: Default + Send + Sync {
    /// The first and the longest pause after a failed attempt to connect.
    const BACK_OFF: [Duration; 2] = crate::retry::BACK_OFF;

    /// What removes expired sessions in the background, until it is dropped.
    type Sweeper: Send + Sync;

    /// Runs the attempt beside the operations, so that it comes to an end whoever goes away.
    fn begin<C: Client<Runtime = Self>>(attempt: Attempt<C>);

    /// Waits for [`wake`](Self::wake), or until this time.
    fn wait(&self, until: Instant) -> impl Future<Output = ()> + Send;

    /// Wakes one of those who wait.
    fn wake(&self);

    /// Waits for so long.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// Removes expired sessions for as long as the pool exists.
    fn start_sweeper<C: Client<Runtime = Self>>(pool: Weak<Pool<C>>, sweeping: Sweeping) -> Self::Sweeper;

    /// Whether it still removes sessions. A task ends with its runtime.
    fn is_sweeping(sweeper: &Self::Sweeper) -> bool;
}
