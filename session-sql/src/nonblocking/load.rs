use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Instant,
};

use session_core::{
    id::StoreKey,
    store::{StoreError, Stored},
};
use tokio::time::{Sleep, sleep_until};

use super::Tokio;
use crate::{Client, Pool, executor::execute_until, operations::LoadTogether, retry::LOOK_AGAIN};

/// Loads the record under the key. If there is no connection at once, the load waits together with the others.
pub(super) async fn load<C: Client<Runtime = Tokio>>(
    pool: &Arc<Pool<C>>,
    key: &StoreKey,
) -> Result<Option<Stored>, StoreError> {
    let deadline = Instant::now() + pool.options.limits.budget;
    let load = &LoadTogether::new(key, &pool.loads);
    // While another load looks for a connection, this one does not.
    let mut own = pin!(Some(execute_until(pool, load, deadline)));
    // Boxed, because it would make every load larger.
    let mut patience: Option<Pin<Box<Sleep>>> = None;
    poll_fn(move |context| {
        loop {
            let joined = load.place();
            if let Some(future) = own.as_mut().as_pin_mut() {
                // A statement that was sent is waited for, whoever else has asked.
                let others = joined.filter(|_| !load.has_begun());
                if let Some(Poll::Ready(Some(found))) = others.map(|place| place.poll(context)) {
                    return Poll::Ready(Ok(found));
                }
                if let Poll::Ready(result) = future.poll(context) {
                    return Poll::Ready(result);
                }
                if load.has_begun() || joined.is_some() {
                    return Poll::Pending;
                }
            }
            match load.join().poll(context) {
                Poll::Ready(Some(found)) => return Poll::Ready(Ok(found)),
                // It has a place among those who wait for a connection, or gets one.
                Poll::Ready(None) if own.is_some() => return Poll::Pending,
                Poll::Ready(None) => {}
                Poll::Pending => {
                    own.set(None);
                    let patience = patience.get_or_insert_with(|| {
                        Box::pin(sleep_until((Instant::now() + LOOK_AGAIN).min(deadline).into()))
                    });
                    if patience.as_mut().poll(context).is_pending() {
                        return Poll::Pending;
                    }
                }
            }
            own.set(Some(execute_until(pool, load, deadline)));
        }
    })
    .await
}
