//! What each operation of the contract sends. It follows from the arguments alone.

use std::time::Duration;

use redis::Pipeline;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Cap, Cursor, OnFull, Page, Revision, StoreError, Write, check_rotation},
};

use super::{
    Command, Keys, Script,
    errors::invalid_argument,
    pack,
    replies::{FLOOR, Stamp},
    scripts::{self},
    words,
};
use crate::retry::{MAX_TTL, REVOKE_BATCH};

/// What is sent in one round trip. All its keys are in one slot.
#[derive(Debug)]
pub(crate) struct Request {
    /// The script that the only command calls by its hash; by its source if the server does not know the hash.
    pub(crate) script: Option<&'static Script>,
    /// Whether the only command is `SET … IFEQ`, and the script what does the same where it writes nothing.
    pub(crate) is_swap: bool,
    pub(crate) commands: Pipeline,
}

impl Request {
    /// Commands that follow each other. The reply is the array of theirs.
    pub(crate) fn pipeline(commands: impl IntoIterator<Item = Command, IntoIter: ExactSizeIterator>) -> Self {
        Self { script: None, is_swap: false, commands: pack(commands) }
    }

    pub(crate) fn script(script: &'static Script, keys: &[Vec<u8>], arguments: &[&[u8]]) -> Self {
        // One digit is enough: no script takes ten keys.
        let count = [b'0' + keys.len() as u8];
        let head = [script.hash().as_bytes(), &count];
        let words = head.into_iter().chain(keys.iter().map(Vec::as_slice)).chain(arguments.iter().copied());
        Self { script: Some(script), is_swap: false, commands: pack([Command::new("EVALSHA", words)]) }
    }

    /// The first key of the first command.
    pub(crate) fn key(&self) -> &[u8] {
        let position = if self.script.is_some() && !self.is_swap { 3 } else { 1 };
        let command = self.commands.cmd_iter().next();
        command.and_then(|command| words(command).nth(position)).unwrap_or_default()
    }
}

impl Keys {
    pub(crate) fn load(&self, key: &StoreKey) -> Request {
        let session = self.session(key);
        let get = Command::new("GET", [&*session]);
        let remaining = Command::new("PTTL", [&*session]);
        if key.is_owned() {
            let mark = Command::new("GET", [&*self.mark(&key.family)]);
            return Request::pipeline([get, remaining, mark]);
        }
        Request::pipeline([get, remaining])
    }

    /// For an anonymous session: `SET … NX`, so that the value passes through no script.
    pub(crate) fn insert(&self, key: &StoreKey, write: Write<'_>) -> Request {
        let value = [write.next.as_bytes(), write.data].concat();
        let words = [&*self.session(key), &value, b"NX", b"PX", &*millis(write.ttl)];
        Request::pipeline([Command::new("SET", words)])
    }

    /// Reads the revision of an anonymous session that an insert found.
    pub(crate) fn revision(&self, key: &StoreKey) -> Request {
        Request::pipeline([Command::new("GETRANGE", [&*self.session(key), b"0", b"15"])])
    }

    pub(crate) fn create_owned(&self, key: &StoreKey, write: Write<'_>, cap: Option<Cap>) -> Request {
        let max = cap.map_or_else(String::new, |cap| cap.max.to_string());
        let evict = if cap.is_some_and(|cap| cap.on_full == OnFull::EvictOldest) { "1" } else { "0" };
        let (next, ttl) = (write.next.as_bytes(), millis(write.ttl));
        let digest = key.digest.as_bytes();
        self.owned(
            &scripts::OWNED_CREATE,
            key,
            &[next, write.data, &ttl, digest, max.as_bytes(), evict.as_bytes()],
        )
    }

    pub(crate) fn commit(&self, key: &StoreKey, expected: Revision, write: Write<'_>) -> Request {
        let (expected, next, ttl) = (expected.as_bytes(), write.next.as_bytes(), millis(write.ttl));
        self.either(&scripts::COMMIT, &scripts::OWNED_COMMIT, key, &[expected, next, write.data, &ttl])
    }

    /// For an anonymous session whose bytes are known, on a server that [has it](crate::routing::Directory::swaps): no script runs,
    /// and the server compares the whole value in place of the revision.
    pub(crate) fn swap(
        &self,
        key: &StoreKey,
        expected: Revision,
        replaced: &[u8],
        write: Write<'_>,
    ) -> Request {
        let value = [write.next.as_bytes(), write.data].concat();
        let replaced = [expected.as_bytes(), replaced].concat();
        let words = [&*self.session(key), &value, b"IFEQ", &replaced, b"PX", &*millis(write.ttl)];
        Request {
            script: Some(&scripts::COMMIT),
            is_swap: true,
            commands: pack([Command::new("SET", words)]),
        }
    }

    pub(crate) fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Request {
        self.either(&scripts::TOUCH, &scripts::OWNED_TOUCH, key, &[expected.as_bytes(), &millis(ttl)])
    }

    /// # Errors
    /// If the keys are equal or belong to two families.
    pub(crate) fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<Request, StoreError> {
        check_rotation(from, to).map_err(invalid_argument)?;
        let (expected, next, ttl) = (expected.as_bytes(), write.next.as_bytes(), millis(write.ttl));
        let (buried, record, buried_ttl) = tombstone_arguments(&tombstone);
        if !from.is_owned() {
            let keys = [self.session(from), self.session(to)];
            let arguments = [expected, next, write.data, &*ttl, buried, record, &buried_ttl];
            return Ok(Request::script(&scripts::ROTATE, &keys, &arguments));
        }
        let (old, new) = (from.digest.as_bytes(), to.digest.as_bytes());
        let keys = [self.session(from), self.index(&from.family), self.mark(&from.family), self.session(to)];
        let arguments = [expected, next, write.data, &*ttl, old, new, buried, record, &buried_ttl];
        Ok(Request::script(&scripts::OWNED_ROTATE, &keys, &arguments))
    }

    pub(crate) fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Request {
        let expected = expected.as_ref().map_or(ABSENT, |expected| expected.as_bytes());
        let (buried, record, ttl) = tombstone_arguments(&tombstone);
        self.either(&scripts::DELETE, &scripts::OWNED_DELETE, key, &[expected, buried, record, &ttl])
    }

    /// Reads the mark, and the stamps of a page and of one session more.
    pub(crate) fn members(&self, family: &Family, page: &Page) -> Request {
        let newest = page.after.map_or_else(|| b"+inf".to_vec(), |after| below(after.position));
        let count = (u64::from(page.limit.get()) + 1).to_string();
        let words: [&[u8]; 9] = [
            &self.index(family),
            &newest,
            &above(&FLOOR),
            b"BYSCORE",
            b"REV",
            b"LIMIT",
            b"0",
            count.as_bytes(),
            b"WITHSCORES",
        ];
        Request::pipeline([Command::new("GET", [&*self.mark(family)]), Command::new("ZRANGE", words)])
    }

    /// Reads the mark, the records, and then whether the index still has their keys: a member still indexed after its record
    /// was read was not a tombstone.
    pub(crate) fn list(&self, family: &Family, members: &[(Digest, Cursor)]) -> Request {
        let mut commands = vec![Command::new("GET", [&*self.mark(family)])];
        for (digest, _) in members {
            let session = self.member(family, digest);
            commands.push(Command::new("GET", [&*session]));
            commands.push(Command::new("PTTL", [&*session]));
        }
        let entries = members.iter().map(|(digest, _)| entry(b's', digest));
        let names: Vec<_> = std::iter::once(self.index(family)).chain(entries).collect();
        commands.push(Command::new("ZMSCORE", names.iter().map(Vec::as_slice)));
        Request::pipeline(commands)
    }

    /// Reads which sessions have these stamps now, and then the mark: a rotation passes the stamp on.
    pub(crate) fn successors(&self, family: &Family, stamps: &[u64]) -> Request {
        let index = self.index(family);
        let one = |stamp: &u64| {
            let stamp = stamp.to_string().into_bytes();
            Command::new("ZRANGE", [&index[..], &stamp, &stamp, b"BYSCORE", b"WITHSCORES"])
        };
        let mut commands: Vec<_> = stamps.iter().map(one).collect();
        commands.push(Command::new("GET", [&*self.mark(family)]));
        Request::pipeline(commands)
    }

    /// Ends all sessions but one. `name` tells a repetition from another revocation.
    pub(crate) fn revoke(&self, family: &Family, keep: Option<&Digest>, name: u64) -> Request {
        let index = self.index(family);
        let kept = keep.map_or_else(|| index.clone(), |keep| self.member(family, keep));
        let digest = keep.map_or(ABSENT, |keep| keep.as_bytes());
        let name = format!("{name:016x}");
        let keys = [kept, index, self.mark(family)];
        Request::script(&scripts::OWNED_REVOKE, &keys, &[digest, name.as_bytes()])
    }

    /// Frees the memory of sessions that a mark has ended, takes them off the index, and reads which are next: the oldest with
    /// a stamp above `low` and up to `high`.
    pub(crate) fn remove(&self, family: &Family, digests: &[Digest], low: &Stamp, high: &Stamp) -> Request {
        let index = self.index(family);
        let records: Vec<_> = digests.iter().map(|digest| self.member(family, digest)).collect();
        let entries = digests.iter().flat_map(|digest| [entry(b'd', digest), entry(b's', digest)]);
        let entries: Vec<_> = std::iter::once(index.clone()).chain(entries).collect();
        let count = REVOKE_BATCH.to_string();
        let next: [&[u8]; 7] = [&index, &above(low), high, b"BYSCORE", b"LIMIT", b"0", count.as_bytes()];
        Request::pipeline([
            Command::new("UNLINK", records.iter().map(Vec::as_slice)),
            Command::new("ZREM", entries.iter().map(Vec::as_slice)),
            Command::new("ZRANGE", next),
        ])
    }

    /// Calls one of two scripts. That for owned sessions takes the digest as its last argument.
    fn either(
        &self,
        anonymous: &'static Script,
        owned: &'static Script,
        key: &StoreKey,
        arguments: &[&[u8]],
    ) -> Request {
        if key.is_owned() {
            return self.owned(owned, key, &[arguments, &[key.digest.as_bytes()]].concat());
        }
        Request::script(anonymous, &[self.session(key)], arguments)
    }

    fn owned(&self, script: &'static Script, key: &StoreKey, arguments: &[&[u8]]) -> Request {
        let keys = [self.session(key), self.index(&key.family), self.mark(&key.family)];
        Request::script(script, &keys, arguments)
    }
}

/// The name of a session in the index.
fn entry(kind: u8, digest: &Digest) -> Vec<u8> {
    [&[kind][..], digest.as_bytes()].concat()
}

/// The bound of a range that begins after this stamp.
fn above(stamp: &Stamp) -> Vec<u8> {
    [b"(", &stamp[..]].concat()
}

/// The bound of a range that ends before this stamp.
fn below(stamp: u64) -> Vec<u8> {
    format!("({stamp}").into_bytes()
}

/// The argument of a script that is absent.
const ABSENT: &[u8] = &[];

/// Revision, record and time to live of the tombstone that is left under a key.
fn tombstone_arguments<'a>(tombstone: &'a Option<Write<'_>>) -> (&'a [u8], &'a [u8], Vec<u8>) {
    let Some(write) = tombstone else { return (ABSENT, ABSENT, Vec::new()) };
    (write.next.as_bytes(), write.data, millis(write.ttl))
}

/// Whole milliseconds, rounded up, at least one. Written by hand, because formatting costs more than the rest.
fn millis(ttl: Duration) -> Vec<u8> {
    let ttl = ttl.min(MAX_TTL);
    let part = u64::from(ttl.subsec_nanos().div_ceil(1_000_000));
    let mut left = (ttl.as_secs() * 1000 + part).max(1);
    // `MAX_TTL` has eleven digits.
    let mut digits = Vec::with_capacity(11);
    while left > 0 {
        digits.push(b'0' + (left % 10) as u8);
        left /= 10;
    }
    digits.reverse();
    digits
}
