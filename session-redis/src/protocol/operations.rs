//! The operations of the contract that take several requests, each written once for both APIs.

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Cap, CreateOutcome, Listed, Page, StoreError, Write},
};

use super::{Keys, Reply, Request, errors::not_applied, replies};
use crate::retry::{MAX_RACES, REVOKE_BATCH};

/// What replies to requests. In the blocking API the future is ready when it is first polled.
pub(crate) trait Server {
    fn keys(&self) -> &Keys;

    fn ask(&self, request: Request) -> impl Future<Output = Result<Reply, StoreError>> + Send;
}

pub(crate) async fn create(
    server: &impl Server,
    key: &StoreKey,
    write: Write<'_>,
    cap: Option<Cap>,
) -> Result<CreateOutcome, StoreError> {
    let keys = server.keys();
    if key.is_owned() {
        let outcome = replies::created_owned(server.ask(keys.create_owned(key, write, cap)).await?)?;
        if let CreateOutcome::Created { evicted } = &outcome {
            unlink(server, &key.family, evicted).await;
        }
        return Ok(outcome);
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
    let keys = server.keys();
    let mut races = 0;
    loop {
        let reply = server.ask(keys.members(family)).await;
        let members = reply.and_then(replies::members).map_err(not_applied)?;
        let (members, next) = page.cut(members.into_iter().map(|cursor| (cursor, cursor)));
        if members.is_empty() {
            return Ok(Listed::default());
        }
        let reply = server.ask(keys.list(family, &members)).await;
        let listed = reply.and_then(|reply| replies::listed(&members, reply));
        let (sessions, stayed) = listed.map_err(not_applied)?;
        races += 1;
        if stayed || races == MAX_RACES {
            return Ok(Listed { sessions, next });
        }
    }
}

pub(crate) async fn revoke(
    server: &impl Server,
    family: &Family,
    keep: Option<&Digest>,
) -> Result<u64, StoreError> {
    if !family.is_owned() {
        return Ok(0);
    }
    let mut count = 0;
    loop {
        let mut ended = replies::digests(server.ask(server.keys().revoke(family, keep)).await?)?;
        let has_more = ended.len() >= REVOKE_BATCH;
        ended.retain(|digest| Some(digest) != keep);
        unlink(server, family, &ended).await;
        count += ended.len() as u64;
        if !has_more {
            return Ok(count);
        }
    }
}

/// Frees memory at once. A failure is ignored, because the server frees it at the deadline.
async fn unlink(server: &impl Server, family: &Family, ended: &[Digest]) {
    if !ended.is_empty() {
        let _ = server.ask(server.keys().unlink(family, ended)).await;
    }
}
