use session_core::{
    id::{Digest, StoreKey},
    store::{CreateOutcome, Write},
};

use super::{Connection, Conversation, Error, MAX_RACES, Operation, contended};

/// A new session that no owner has: one `INSERT`.
pub(crate) struct Insert<'a> {
    pub(crate) key: &'a StoreKey,
    pub(crate) write: &'a Write<'a>,
}

impl Operation for Insert<'_> {
    type Outcome = CreateOutcome;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<CreateOutcome, Error> {
        for _ in 0..MAX_RACES {
            if server.ask(&server.sql.insert(self.key, self.write)).await?.took_effect()? {
                return Ok(created(Vec::new()));
            }
            // Boxed, because it is rare and would make every call larger.
            if let Some(found) = Box::pin(find(self.key, self.write, server)).await? {
                return Ok(found);
            }
        }
        Err(contended())
    }

    fn is_done(outcome: &CreateOutcome) -> bool {
        matches!(outcome, CreateOutcome::Created { .. })
    }
}

/// Finds out what the key holds. Returns `None` if that was dead and is deleted now.
pub(super) async fn find<C: Connection>(
    key: &StoreKey,
    write: &Write<'_>,
    server: &mut Conversation<'_, C>,
) -> Result<Option<CreateOutcome>, Error> {
    match server.ask(&server.sql.load(key)).await?.record()? {
        Some(live) => Ok(Some(CreateOutcome::occupied(live.revision, write.next))),
        None => {
            server.ask(&server.sql.clear_key(key)).await?;
            Ok(None)
        }
    }
}

pub(super) const fn created(evicted: Vec<Digest>) -> CreateOutcome {
    CreateOutcome::Created { evicted }
}
