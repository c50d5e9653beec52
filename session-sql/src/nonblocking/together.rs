use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Instant,
};

use session_core::store::{Applied, StoreError};
use tokio::time::{Sleep, sleep_until};

use super::Tokio;
use crate::{
    Client, Error, ErrorKind, Pool,
    executor::execute_until,
    operations::{Shared, Together},
    retry::{LOOK_AGAIN, TRAVELS},
};

/// Executes the operation. If there is no connection at once, it waits together with the others of its kind.
pub(super) async fn together<C: Client<Runtime = Tokio>, O: Shared>(
    pool: &Arc<Pool<C>>,
    shared: &Together<'_, O>,
) -> Result<O::Outcome, StoreError> {
    let deadline = Instant::now() + pool.options.limits.budget;
    // While another one looks for a connection, this one does not.
    let mut own = pin!(Some(execute_until(pool, shared, deadline)));
    // Boxed, because it would make every call larger.
    let mut patience: Option<Pin<Box<Sleep>>> = None;
    let (mut travels, mut is_impatient) = (false, false);
    poll_fn(move |context| {
        loop {
            let joined = shared.place();
            // A statement that was sent is waited for, whoever else has asked.
            let others = joined.filter(|_| !shared.has_begun());
            if let Some(Poll::Ready(Some(answer))) = others.map(|place| place.poll(context)) {
                return Poll::Ready(Ok(answer));
            }
            if own.is_some() && !is_impatient && others.is_some_and(|place| place.travels()) {
                own.set(None);
            }
            if let Some(future) = own.as_mut().as_pin_mut() {
                if let Poll::Ready(result) = future.poll(context) {
                    let is_doubtful = joined.is_some_and(|place| place.may_be_applied());
                    return Poll::Ready(match result {
                        Ok(outcome) if is_doubtful && !O::is_done(&outcome) => Err(lost(pool)),
                        Err(error) if is_doubtful => Err(error.with_applied(Applied::Unknown)),
                        result => result,
                    });
                }
                if shared.has_begun() || joined.is_some() {
                    return Poll::Pending;
                }
            }
            let place = shared.join();
            match place.poll(context) {
                Poll::Ready(Some(answer)) => return Poll::Ready(Ok(answer)),
                // It has a place among those who wait for a connection, or gets one.
                Poll::Ready(None) if own.is_some() => return Poll::Pending,
                Poll::Ready(None) => {}
                Poll::Pending => {
                    own.set(None);
                    if travels != place.travels() {
                        (travels, patience) = (!travels, None);
                    }
                    let time = if travels { TRAVELS } else { LOOK_AGAIN };
                    let patience = patience.get_or_insert_with(|| {
                        Box::pin(sleep_until((Instant::now() + time).min(deadline).into()))
                    });
                    if patience.as_mut().poll(context).is_pending() {
                        return Poll::Pending;
                    }
                    is_impatient = travels;
                }
            }
            own.set(Some(execute_until(pool, shared, deadline)));
        }
    })
    .await
}

/// The error of one that travelled in a statement without an answer, and does not find what it asked for.
fn lost<C: Client>(pool: &Pool<C>) -> StoreError {
    let kind = ErrorKind::Lost("there was no answer to the statement for several".to_owned());
    Error { kind, applied: Applied::Unknown }.for_caller::<C::Dialect>(&pool.options)
}
