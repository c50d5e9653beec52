//! The operations of the contract that take several requests, each written once for both APIs.

use std::{
    cmp::Reverse,
    hash::{BuildHasher as _, RandomState},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Cap, CommitOutcome, CreateOutcome, Listed, Page, Revision, StoreError, Write},
};

use super::{
    Keys, Reply, Request,
    errors::{contended, not_applied},
    replies::{self, Created, Ended, Members},
};
use crate::retry::{MAX_RACES, MAX_SWAPPED};

/// What replies to requests. In the blocking API the future is ready when it is first polled.
pub(crate) trait Server {
    fn keys(&self) -> &Keys;

    /// Whether the servers have `SET … IFEQ`.
    fn swaps(&self) -> bool {
        false
    }

    fn ask(&self, request: Request) -> impl Future<Output = Result<Reply, StoreError>> + Send;
}

pub(crate) async fn commit(
    server: &impl Server,
    key: &StoreKey,
    expected: Revision,
    replaced: Option<&[u8]>,
    write: Write<'_>,
) -> Result<CommitOutcome, StoreError> {
    let keys = server.keys();
    let request = match replaced {
        Some(replaced) if !key.is_owned() && replaced.len() <= MAX_SWAPPED && server.swaps() => {
            keys.swap(key, expected, replaced, write)
        }
        _ => keys.commit(key, expected, write),
    };
    replies::committed(key.is_owned(), server.ask(request).await?)
}

pub(crate) async fn create(
    server: &impl Server,
    key: &StoreKey,
    write: Write<'_>,
    cap: Option<Cap>,
) -> Result<CreateOutcome, StoreError> {
    let keys = server.keys();
    while key.is_owned() {
        let ended = match replies::created_owned(server.ask(keys.create_owned(key, write, cap)).await?)? {
            Created::Again => continue,
            Created::Exists => return Ok(CreateOutcome::Exists),
            Created::Full => return Ok(CreateOutcome::Full),
            Created::Done(ended) => ended,
        };
        // Boxed like all that is rare, because it would make every future larger.
        let evicted = match ended.digests.is_empty() {
            true => Vec::new(),
            false => Box::pin(remove(server, &key.family, ended)).await,
        };
        return Ok(CreateOutcome::Created { evicted });
    }
    if replies::inserted(server.ask(keys.insert(key, write)).await?)? {
        return Ok(CreateOutcome::Created { evicted: Vec::new() });
    }
    // An earlier attempt may have inserted it.
    let revision = server.ask(keys.revision(key)).await.map_err(not_applied)?;
    if replies::repeated(write.next, revision)? {
        return Ok(CreateOutcome::Created { evicted: Vec::new() });
    }
    Ok(CreateOutcome::Exists)
}

pub(crate) async fn list(server: &impl Server, family: &Family, page: Page) -> Result<Listed, StoreError> {
    for _ in 0..MAX_RACES {
        // Boxed, because it would make the futures around it larger.
        if let Some(listed) = Box::pin(read(server, family, page)).await.map_err(not_applied)? {
            return Ok(listed);
        }
    }
    Err(contended("other requests ended all sessions but one each time the list was read"))
}

/// Reads a page: its index entries once, then the records, then again those alone that were rotated in between. `None` if all
/// sessions but one were ended in between, because the one that is kept has another place since.
async fn read(server: &impl Server, family: &Family, page: Page) -> Result<Option<Listed>, StoreError> {
    let keys = server.keys();
    let Members { cursors, revocation } = replies::members(server.ask(keys.members(family, &page)).await?)?;
    let (mut members, next) = page.cut(cursors.into_iter().map(|cursor| (cursor, cursor)));
    let mut sessions = Vec::with_capacity(members.len());
    for _ in 0..MAX_RACES {
        let mut missing = Vec::new();
        if !members.is_empty() {
            let (mut found, gone) =
                replies::listed(&members, server.ask(keys.list(family, &members)).await?)?;
            sessions.append(&mut found);
            missing = gone;
        }
        if missing.is_empty() {
            sessions.sort_unstable_by_key(|(cursor, _)| Reverse(*cursor));
            let sessions = sessions.into_iter().map(|(cursor, stored)| (cursor.digest, stored)).collect();
            return Ok(Some(Listed { sessions, next }));
        }
        let reply = server.ask(keys.successors(family, &missing)).await?;
        let now = replies::successors(&missing, reply)?;
        if now.revocation != revocation {
            return Ok(None);
        }
        members = now.cursors.into_iter().map(|cursor| (cursor.digest, cursor)).collect();
    }
    // It may be that of a thief.
    Err(contended("a session got a new id each time it was read"))
}

pub(crate) async fn revoke(
    server: &impl Server,
    family: &Family,
    keep: Option<&Digest>,
) -> Result<u64, StoreError> {
    if !family.is_owned() {
        return Ok(0);
    }
    // Random, as the crate has no other source of randomness. It need not be secret.
    let name = RandomState::new().hash_one(family.as_bytes());
    let ended = replies::ended(server.ask(server.keys().revoke(family, keep, name)).await?)?;
    let count = ended.count;
    Box::pin(remove(server, family, ended)).await;
    Ok(count)
}

/// Frees the memory of sessions that the mark has ended, in steps, and returns all of them. A failure is ignored, because the
/// server frees it at the deadline.
async fn remove(server: &impl Server, family: &Family, ended: Ended) -> Vec<Digest> {
    let Ended { low, high, digests: mut next, .. } = ended;
    let mut all = Vec::new();
    while !next.is_empty() {
        let reply = server.ask(server.keys().remove(family, &next, &low, &high)).await;
        all.append(&mut next);
        next = reply.and_then(replies::removed).unwrap_or_default();
    }
    all
}
