//! The operations of the contract as requests. Pure: what is sent follows from the arguments alone.

use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Applied, Cap, Cursor, OnFull, Revision, StoreError, StoreErrorKind, Write},
};

use crate::{
    keys::Keys,
    reply::STAMP,
    request::{Command, Request},
    script::{self, Script},
};

/// How often a list is read again because a session of it was rotated or ended meanwhile.
pub(crate) const LIST_TRIES: u32 = 8;

/// How many sessions of an owner end in one step, for which everybody else has to wait.
pub(crate) const REVOKE_BATCH: usize = 1000;

/// The longest life of a record; the mark of a revocation lives one day longer.
const MAX_TTL: Duration = Duration::from_secs(400 * 86_400);

impl Keys {
    pub(crate) fn load(&self, key: &StoreKey) -> Request {
        let session = self.session(key);
        let mut commands = vec![Command::new("GET", [session.clone()]), Command::new("PTTL", [session])];
        if key.is_owned() {
            commands.push(Command::new("GET", [self.mark(&key.family)]));
        }
        Request::Pipeline(commands)
    }

    /// For an anonymous session: plain `SET … NX`, the value passing no script.
    pub(crate) fn insert(&self, key: &StoreKey, write: Write<'_>) -> Request {
        let value = [write.next.as_bytes(), write.data].concat();
        let options = [b"NX".to_vec(), b"PX".to_vec(), millis(write.ttl)];
        Request::Pipeline(vec![Command::new("SET", [self.session(key), value].into_iter().chain(options))])
    }

    /// The revision of an anonymous session that an insert found.
    pub(crate) fn revision(&self, key: &StoreKey) -> Request {
        let range = [self.session(key), b"0".to_vec(), b"15".to_vec()];
        Request::Pipeline(vec![Command::new("GETRANGE", range)])
    }

    pub(crate) fn create_owned(&self, key: &StoreKey, write: Write<'_>, cap: Option<Cap>) -> Request {
        let (max, evict) = match cap {
            None => (Vec::new(), "0"),
            Some(cap) => {
                (cap.max.to_string().into_bytes(), if cap.on_full == OnFull::EvictOldest { "1" } else { "0" })
            }
        };
        let mut arguments = written(write);
        arguments.extend([key.digest.as_bytes().to_vec(), max, evict.as_bytes().to_vec()]);
        self.owned(&script::OWNED_CREATE, key, arguments)
    }

    pub(crate) fn commit(&self, key: &StoreKey, expected: Revision, write: Write<'_>) -> Request {
        let mut arguments = vec![expected.as_bytes().to_vec()];
        arguments.extend(written(write));
        self.either(&script::COMMIT, &script::OWNED_COMMIT, key, arguments)
    }

    pub(crate) fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Request {
        let arguments = vec![expected.as_bytes().to_vec(), millis(ttl)];
        self.either(&script::TOUCH, &script::OWNED_TOUCH, key, arguments)
    }

    /// # Errors
    /// If the keys are the same or of two families.
    pub(crate) fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<Request, StoreError> {
        if from.family != to.family || from == to {
            let reason = "a rotation leads to another key of the same family";
            return Err(StoreError::new(StoreErrorKind::Other, Applied::No).with_source(reason));
        }
        let mut arguments = vec![expected.as_bytes().to_vec()];
        arguments.extend(written(write));
        if !from.is_owned() {
            arguments.extend(left(tombstone));
            let keys = vec![self.session(from), self.session(to)];
            return Ok(Request::Script { script: &script::ROTATE, keys, arguments });
        }
        arguments.extend([from.digest.as_bytes().to_vec(), to.digest.as_bytes().to_vec()]);
        arguments.extend(left(tombstone));
        let keys =
            vec![self.session(from), self.index(&from.family), self.mark(&from.family), self.session(to)];
        Ok(Request::Script { script: &script::OWNED_ROTATE, keys, arguments })
    }

    pub(crate) fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Request {
        let mut arguments = vec![expected.map_or_else(Vec::new, |expected| expected.as_bytes().to_vec())];
        arguments.extend(left(tombstone));
        self.either(&script::DELETE, &script::OWNED_DELETE, key, arguments)
    }

    pub(crate) fn members(&self, family: &Family) -> Request {
        Request::Pipeline(vec![Command::new("ZRANGE", [self.index(family), b"0".to_vec(), b"-1".to_vec()])])
    }

    /// The mark, the records, and last whether the index still has their keys: what it has after the record was read was
    /// no tombstone then.
    pub(crate) fn list(&self, family: &Family, members: &[(Digest, Cursor)]) -> Request {
        let mut commands = vec![Command::new("GET", [self.mark(family)])];
        for (digest, _) in members {
            let session = self.member(family, digest);
            commands.push(Command::new("GET", [session.clone()]));
            commands.push(Command::new("PTTL", [session]));
        }
        let names = members.iter().map(|(_, cursor)| {
            let stamp = format!("{:0width$}", cursor.position, width = STAMP);
            [stamp.as_bytes(), cursor.digest.as_bytes()].concat()
        });
        commands.push(Command::new("ZMSCORE", [self.index(family)].into_iter().chain(names)));
        Request::Pipeline(commands)
    }

    /// Ends at most [`REVOKE_BATCH`] sessions.
    pub(crate) fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Request {
        let index = self.index(family);
        let kept = keep.map_or_else(|| index.clone(), |keep| self.member(family, keep));
        let digest = keep.map_or_else(Vec::new, |keep| keep.as_bytes().to_vec());
        let keys = vec![kept, index, self.mark(family)];
        let most = REVOKE_BATCH.to_string().into_bytes();
        Request::Script { script: &script::OWNED_REVOKE, keys, arguments: vec![digest, most] }
    }

    /// Gives back the memory of sessions that a mark has ended.
    pub(crate) fn forget(&self, family: &Family, digests: &[Digest]) -> Request {
        let names = digests.iter().map(|digest| self.member(family, digest));
        Request::Pipeline(vec![Command::new("UNLINK", names)])
    }

    fn either(
        &self,
        anonymous: &'static Script,
        owned: &'static Script,
        key: &StoreKey,
        mut arguments: Vec<Vec<u8>>,
    ) -> Request {
        if key.is_owned() {
            arguments.push(key.digest.as_bytes().to_vec());
            return self.owned(owned, key, arguments);
        }
        Request::Script { script: anonymous, keys: vec![self.session(key)], arguments }
    }

    fn owned(&self, script: &'static Script, key: &StoreKey, arguments: Vec<Vec<u8>>) -> Request {
        let keys = vec![self.session(key), self.index(&key.family), self.mark(&key.family)];
        Request::Script { script, keys, arguments }
    }
}

fn written(write: Write<'_>) -> Vec<Vec<u8>> {
    vec![write.next.as_bytes().to_vec(), write.data.to_vec(), millis(write.ttl)]
}

fn left(tombstone: Option<Write<'_>>) -> Vec<Vec<u8>> {
    tombstone.map_or_else(|| vec![Vec::new(); 3], written)
}

/// Whole milliseconds, rounded up, at least one.
fn millis(ttl: Duration) -> Vec<u8> {
    let ttl = ttl.min(MAX_TTL);
    let millis = ttl.as_nanos().div_ceil(1_000_000).max(1);
    millis.to_string().into_bytes()
}
