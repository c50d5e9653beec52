//! What the fuzz targets ask of the inside. It is compiled for them alone and is no part of the interface.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use redis::Value;
use session_core::{
    id::Digest,
    store::{
        Applied, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, StoreError, Stored,
        TouchOutcome,
    },
};

use crate::{
    protocol::{
        errors,
        replies::{self, Reply},
        requests::{Command, Request, words},
        resp, scripts,
    },
    retry::{Attempts, Next, Verdict},
    routing::{directory::Directory, handshake},
    servers::{server_address::Address, topology::Topology},
};

/// To the load of an anonymous session, or of an owned one.
pub fn loaded(owned: bool, reply: Value) -> Result<Option<Stored>, StoreError> {
    if owned { replies::loaded_owned(reply.into()) } else { replies::loaded(reply.into()) }
}

/// To the two steps of a list: how many members there are, the sessions, and whether all members stayed.
pub fn listed(members: Value, records: Value) -> Result<(usize, Vec<(Digest, Stored)>, bool), StoreError> {
    let members = replies::members(members.into())?;
    let members: Vec<_> = members.into_iter().map(|cursor| (cursor.digest, cursor)).collect();
    let (sessions, stayed) = replies::listed(&members, records.into())?;
    Ok((members.len(), sessions, stayed))
}

/// To the insert of an anonymous session.
pub fn inserted(reply: Value) -> Result<bool, StoreError> {
    replies::inserted(reply.into())
}

/// To the question whether an insert is its own repetition.
pub fn repeated(next: Revision, reply: Value) -> Result<bool, StoreError> {
    replies::repeated(next, reply.into())
}

/// To the create of an owner's session.
pub fn created_owned(reply: Value) -> Result<CreateOutcome, StoreError> {
    replies::created_owned(reply.into())
}

/// To a commit.
pub fn committed(owned: bool, reply: Value) -> Result<CommitOutcome, StoreError> {
    replies::committed(owned, reply.into())
}

/// To a touch.
pub fn touched(reply: Value) -> Result<TouchOutcome, StoreError> {
    replies::touched(&reply.into())
}

/// To a rotation.
pub fn rotated(owned: bool, reply: Value) -> Result<RotateOutcome, StoreError> {
    replies::rotated(owned, reply.into())
}

/// To a delete.
pub fn deleted(owned: bool, reply: Value) -> Result<DeleteOutcome, StoreError> {
    replies::deleted(owned, reply.into())
}

/// To the end of all sessions of an owner.
pub fn digests(reply: Value) -> Result<Vec<Digest>, StoreError> {
    replies::digests(reply.into())
}

/// To the greeting of a new connection.
pub fn greeted(replies: Vec<Value>) -> Result<(), StoreError> {
    handshake::check(&replies.into_iter().map(Reply::from).collect::<Vec<_>>())
}

/// A reply that our own reader made of bytes, to be compared with the client library's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded(Reply);

impl Decoded {
    /// Whether it is what the client library made of the same bytes, as far as that shows.
    #[must_use]
    pub fn is(&self, value: Value) -> bool {
        fn same(ours: &Reply, theirs: &Reply) -> bool {
            match (ours, theirs) {
                // The library takes errors apart, and spaces get lost.
                (Reply::Error(_), Reply::Error(_)) => true,
                (Reply::Array(ours), Reply::Array(theirs)) => {
                    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(one, other)| same(one, other))
                }
                _ => ours == theirs,
            }
        }
        same(&self.0, &value.into())
    }
}

/// The replies in bytes that arrive in pieces of this size, up to what is none, and why that is none.
#[must_use]
pub fn decoded(bytes: &[u8], piece: usize) -> (Vec<Decoded>, Option<String>) {
    let (mut frame, mut buffer, mut found) = (resp::Frame::new(), Vec::new(), Vec::new());
    for piece in bytes.chunks(piece.max(1)) {
        buffer.extend_from_slice(piece);
        loop {
            let end = match frame.end(&buffer) {
                Ok(Some(end)) => end,
                Ok(None) => break,
                Err(garbled) => return (found, Some(garbled.to_string())),
            };
            match resp::read(buffer.get(..end).unwrap_or_default()) {
                Ok(reply) => found.push(Decoded(reply)),
                Err(garbled) => return (found, Some(garbled.to_string())),
            }
            buffer.drain(..end);
        }
    }
    (found, None)
}

/// What the library's own error comes to: after something was sent, and before.
pub fn failures(error: redis::RedisError, other: redis::RedisError) -> [StoreError; 2] {
    [errors::unanswered(error), errors::unreached(other)]
}

/// How servers are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Servers {
    /// One, which never moves.
    Single,
    /// A master that sentinels name.
    Sentinel,
    /// The nodes of a cluster.
    Cluster,
}

/// One request and all attempts at it; the fuzz target is the server.
#[derive(Debug)]
pub struct Exchange {
    directory: Directory,
    attempts: Attempts,
    slot: u16,
    is_commit: bool,
    now: Instant,
}

/// What follows from an answer.
#[derive(Debug)]
pub enum Told {
    /// The request is to be sent again after this pause.
    Again(Duration),
    /// The end of a load.
    Loaded(Result<Option<Stored>, StoreError>),
    /// The end of a commit.
    Committed(Result<CommitOutcome, StoreError>),
}

impl Exchange {
    /// A commit, or the load of an owned session.
    #[must_use]
    pub fn new(servers: Servers, is_commit: bool) -> Self {
        let seed = || Address::Tcp { host: "seed".to_owned(), port: 1 };
        let topology = match servers {
            Servers::Single => Topology::Single(seed()),
            Servers::Sentinel => Topology::Sentinel { sentinels: vec![seed()], master: "main".to_owned() },
            Servers::Cluster => Topology::Cluster { seeds: vec![seed()] },
        };
        let request = if is_commit {
            Request::script(&scripts::COMMIT, &[b"{k}".to_vec()], &[])
        } else {
            Request::pipeline(["GET", "PTTL", "GET"].map(|name| Command::new(name, [&b"{k}"[..]])))
        };
        let directory = Directory::new(topology);
        let slot = directory.slot_of(&request);
        let attempts = Attempts::new(request, directory.may_move());
        Self { directory, attempts, slot, is_commit, now: Instant::now() }
    }

    /// The names of the commands that are sent next, and where to, as far as that is known.
    #[must_use]
    pub fn sends(&self) -> (Vec<Vec<u8>>, Option<String>) {
        let commands = self.attempts.commands();
        let names = commands.cmd_iter().filter_map(|command| words(command).next()).map(<[u8]>::to_vec);
        (names.collect(), self.place().map(|place| place.to_string()))
    }

    /// They got these replies.
    pub fn answered(&mut self, replies: Vec<Value>) -> Told {
        let place = self.place();
        let by = place.unwrap_or(Arc::new(Address::Tcp { host: "seed".to_owned(), port: 1 }));
        let verdict = self.attempts.answered(replies.into_iter().map(Reply::from).collect(), &by);
        self.told(verdict, &by)
    }

    /// They got none.
    pub fn failed(&mut self, applied: Applied) -> Told {
        let verdict = self.attempts.failed(errors::out_of_time(applied));
        let by = Address::Tcp { host: "seed".to_owned(), port: 1 };
        self.told(verdict, &by)
    }

    /// The time is over.
    pub fn give_up(&mut self) -> StoreError {
        self.attempts.give_up()
    }

    /// An adviser answered the question where the servers are, and then its own question is asked again.
    pub fn learn(&self, replies: Vec<Value>) -> Result<usize, StoreError> {
        let adviser = self.directory.advisers().into_iter().next();
        let adviser = adviser.unwrap_or(Address::Socket("/nowhere".into()));
        let replies: Vec<Reply> = replies.into_iter().map(Reply::from).collect();
        self.directory.learn(&adviser, &replies, self.now)?;
        Ok(self.directory.advisers().len())
    }

    fn place(&self) -> Option<Arc<Address>> {
        let known = || self.directory.find(self.slot, self.now);
        self.attempts
            .detour()
            .cloned()
            .map(Arc::new)
            .or_else(known)
            .or_else(|| self.directory.last_known(self.slot))
    }

    fn told(&self, verdict: Verdict, by: &Address) -> Told {
        self.directory.heed(&verdict, by);
        match verdict.next {
            Next::Again(pause) => Told::Again(pause),
            Next::Done(answer) if self.is_commit => {
                Told::Committed(answer.and_then(|reply| replies::committed(false, reply)))
            }
            Next::Done(answer) => Told::Loaded(answer.map_err(errors::read).and_then(replies::loaded_owned)),
        }
    }
}
