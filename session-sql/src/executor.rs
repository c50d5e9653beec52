use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use session_core::store::StoreError;

use crate::{
    Client, Conversation, Error, Pool, Statement,
    operations::Operation,
    retry::{Fate, Next, Remedy, Retry},
};

/// Executes the operation within its budget, in as many attempts as [`Retry`] allows.
///
/// # Errors
/// [`StoreError`] if the operation failed; it says whether the operation may have been applied.
pub(crate) fn execute<C: Client, O: Operation>(
    pool: &Arc<Pool<C>>,
    operation: &O,
) -> impl Future<Output = Result<O::Outcome, StoreError>> + Send {
    execute_until(pool, operation, Instant::now() + pool.options.limits.budget)
}

/// The same, and the budget ends then.
///
/// # Errors
/// As [`execute`].
pub(crate) async fn execute_until<C: Client, O: Operation>(
    pool: &Arc<Pool<C>>,
    operation: &O,
    deadline: Instant,
) -> Result<O::Outcome, StoreError> {
    pool.start_sweeper();
    let options = &*pool.options;
    let failed = |error: Error| error.for_caller::<C::Dialect>(options);
    let mut retry = Retry::new(options.create_table.is_some());
    loop {
        let connection = pool.get(deadline, retry.needs_sound_connection()).await;
        let mut connection = connection.map_err(|kind| failed(retry.give_up(kind)))?;
        let generation = connection.generation();
        let mut conversation = Conversation::new(&mut connection, &options.sql, deadline);
        let result = operation.run(&mut conversation).await;
        let mut next = match &result {
            Ok(_) => Next::DONE,
            Err(error) => retry.next(error, operation.recognises_itself()),
        };
        if next.connection == Fate::Leave && !pool.leave_server(generation) {
            next = Next::DONE;
        }
        match next.connection {
            Fate::Keep if conversation.end().await => connection.give_back(),
            Fate::Keep | Fate::Close => drop(connection),
            Fate::Fail | Fate::Leave => connection.fail(),
        }
        let error = match result {
            Ok(outcome) => return retry.succeed(O::is_done(&outcome), outcome).map_err(failed),
            Err(error) => error,
        };
        match next.before_repeating {
            Remedy::Nothing => {}
            Remedy::CloseIdleConnections => pool.close_idle(),
            Remedy::PingIdleConnections => pool.ping_idle(),
            // Boxed, because it is rare and would make every call larger.
            remedy @ (Remedy::Pause(_) | Remedy::CreateTable) => {
                let applied = Box::pin(apply(remedy, pool, deadline)).await;
                applied.map_err(|error| failed(retry.give_up(error)))?;
            }
        }
        if !next.repeat || Instant::now() >= deadline {
            return Err(failed(retry.give_up(error)));
        }
        retry.remember(error);
    }
}

async fn apply<C: Client>(remedy: Remedy, pool: &Arc<Pool<C>>, deadline: Instant) -> Result<(), Error> {
    if let Remedy::Pause(millis) = remedy {
        pool.pause(Duration::from_millis(millis.into())).await;
        return Ok(());
    }
    let Some(text) = &pool.options.create_table else { return Ok(()) };
    let mut connection = pool.get(deadline, false).await?;
    let mut conversation = Conversation::new(&mut connection, &pool.options.sql, deadline);
    conversation.ask(&Statement::plain(text, true)).await?;
    connection.give_back();
    Ok(())
}
