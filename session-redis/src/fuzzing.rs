//! The inside of the crate for the fuzz targets. It is compiled for them alone.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use redis::Value;
use session_core::{
    id::{Digest, StoreKey},
    store::{
        Applied, CommitOutcome, DeleteOutcome, Revision, RotateOutcome, StoreError, Stored, TouchOutcome,
        Write,
    },
};
use session_net::Limit;

use crate::{
    protocol::{Command, Keys, Reply, Request, errors, replies, resp, scripts, words},
    retry::{Failed, Next, Retry, Step},
    routing::{Directory, Place, handshake},
    servers::{ServerAddress, Topology},
};

/// From the reply to the load of an anonymous session, or of an owned one.
pub fn loaded(owned: bool, reply: Value) -> Result<Option<Stored>, StoreError> {
    if owned { replies::loaded_owned(reply.into()) } else { replies::loaded(reply.into()) }
}

/// From the replies to the two steps of a list: how many members there are, the sessions, and whether all members stayed.
pub fn listed(members: Value, records: Value) -> Result<(usize, Vec<(Digest, Stored)>, bool), StoreError> {
    let members = replies::members(members.into())?.cursors;
    let members: Vec<_> = members.into_iter().map(|cursor| (cursor.digest, cursor)).collect();
    let (sessions, missing) = replies::listed(&members, records.into())?;
    let sessions = sessions.into_iter().map(|(cursor, stored)| (cursor.digest, stored)).collect();
    Ok((members.len(), sessions, missing.is_empty()))
}

/// From the reply to the insert of an anonymous session.
pub fn inserted(reply: Value) -> Result<bool, StoreError> {
    replies::inserted(reply.into())
}

/// From the reply to the question whether an insert is its own repetition.
pub fn repeated(next: Revision, reply: Value) -> Result<bool, StoreError> {
    replies::repeated(next, reply.into())
}

/// From the reply to the create of an owner's session: the sessions that it ended, if it was created.
pub fn created_owned(reply: Value) -> Result<Option<Vec<Digest>>, StoreError> {
    Ok(match replies::created_owned(reply.into())? {
        replies::Created::Done(ended) => Some(ended.digests),
        _ => None,
    })
}

/// From the reply to a commit.
pub fn committed(owned: bool, reply: Value) -> Result<CommitOutcome, StoreError> {
    replies::committed(owned, reply.into())
}

/// From the reply to a touch.
pub fn touched(reply: Value) -> Result<TouchOutcome, StoreError> {
    replies::touched(&reply.into())
}

/// From the reply to a rotation.
pub fn rotated(owned: bool, reply: Value) -> Result<RotateOutcome, StoreError> {
    replies::rotated(owned, reply.into())
}

/// From the reply to a delete.
pub fn deleted(owned: bool, reply: Value) -> Result<DeleteOutcome, StoreError> {
    replies::deleted(owned, reply.into())
}

/// From the reply to the end of all sessions of an owner: how many, and the oldest of them.
pub fn ended(reply: Value) -> Result<(u64, Vec<Digest>), StoreError> {
    replies::ended(reply.into()).map(|ended| (ended.count, ended.digests))
}

/// From the replies to the removal of ended sessions: those that are next.
pub fn removed(reply: Value) -> Result<Vec<Digest>, StoreError> {
    replies::removed(reply.into())
}

/// From the replies to the handshake of a new connection.
pub fn greeted(replies: Vec<Value>) -> Result<(), StoreError> {
    handshake::check(&replies.into_iter().map(Reply::from).collect::<Vec<_>>())
}

/// A reply that our own reader has read, to be compared with what the client library reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded(Reply);

impl Decoded {
    /// Whether the client library has read the same, as far as that can be seen.
    #[must_use]
    pub fn is(&self, value: Value) -> bool {
        fn same(ours: &Reply, theirs: &Reply) -> bool {
            match (ours, theirs) {
                // The library splits errors into words, so spaces get lost.
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

/// The replies in bytes that arrive in pieces of this size, and the error that ends them.
#[must_use]
pub fn decoded(bytes: &[u8], piece: usize) -> (Vec<Decoded>, Option<String>) {
    let (mut frame, mut buffer, mut found) = (resp::Frame::new(), Vec::new(), Vec::new());
    for piece in bytes.chunks(piece.max(1)) {
        buffer.extend_from_slice(piece);
        loop {
            let end = match frame.end(&buffer) {
                Ok(Some(end)) => end,
                Ok(None) => break,
                Err(error) => return (found, Some(error.to_string())),
            };
            match resp::read(buffer.get(..end).unwrap_or_default()) {
                Ok(reply) => found.push(Decoded(reply)),
                Err(error) => return (found, Some(error.to_string())),
            }
            buffer.drain(..end);
        }
    }
    (found, None)
}

const LIMIT: Duration = Duration::from_secs(1);

fn limit() -> Limit {
    Limit::start("budget", LIMIT)
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

/// One request and all attempts at it. The fuzz target is the server.
#[derive(Debug)]
pub struct Exchange {
    directory: Directory,
    retry: Retry,
    slot: u16,
    is_commit: bool,
    now: Instant,
}

/// What follows from a reply.
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
    /// A commit, which may begin with `SET … IFEQ`, or the load of an owned session.
    #[must_use]
    pub fn new(servers: Servers, is_commit: bool, is_swap: bool) -> Self {
        let seed = || ServerAddress::Tcp { host: "seed".to_owned(), port: 1 };
        let topology = match servers {
            Servers::Single => Topology::Single(seed()),
            Servers::Sentinel => Topology::Sentinel { sentinels: vec![seed()], master: "main".to_owned() },
            Servers::Cluster => Topology::Cluster { seeds: vec![seed()] },
        };
        let request = if is_commit && is_swap {
            let write = Write { next: Revision::default(), data: b"new", ttl: LIMIT };
            Keys::new("p".to_owned()).swap(&StoreKey::default(), Revision::default(), b"old", write)
        } else if is_commit {
            Request::script(&scripts::COMMIT, &[b"{k}".to_vec()], &[])
        } else {
            Request::pipeline(["GET", "PTTL", "GET"].map(|name| Command::new(name, [&b"{k}"[..]])))
        };
        let directory = Directory::new(topology, LIMIT, LIMIT);
        let slot = directory.slot_of(&request);
        let retry = Retry::new(request, directory.may_move());
        Self { directory, retry, slot, is_commit, now: Instant::now() }
    }

    /// The names of the commands that are sent next, and where to, as far as that is known.
    #[must_use]
    pub fn sends(&self) -> (Vec<Vec<u8>>, Option<String>) {
        let commands = self.retry.redirects.commands();
        let names = commands.cmd_iter().filter_map(|command| words(command).next()).map(<[u8]>::to_vec);
        (names.collect(), self.place().map(|place| place.to_string()))
    }

    /// The server replies this.
    pub fn answered(&mut self, replies: Vec<Value>) -> Told {
        let place = self.place();
        let by = place.unwrap_or(Arc::new(ServerAddress::Tcp { host: "seed".to_owned(), port: 1 }));
        let next = self.retry.answered(replies.into_iter().map(Reply::from).collect(), &by);
        self.told(next, &by)
    }

    /// The server does not reply.
    pub fn failed(&mut self, applied: Applied) -> Told {
        let next = self.retry.failed(Failed::broken(errors::late(&limit(), "no reply", applied)));
        let by = ServerAddress::Tcp { host: "seed".to_owned(), port: 1 };
        self.told(next, &by)
    }

    /// No time is left.
    pub fn give_up(&mut self) -> StoreError {
        self.retry.give_up(&limit())
    }

    /// A node replies to the question where the servers are. Returns how many nodes can be asked afterwards.
    pub fn learn(&self, replies: Vec<Value>) -> Result<usize, StoreError> {
        let node = self.directory.nodes_to_ask().into_iter().next();
        let node = node.unwrap_or(ServerAddress::Socket("/nowhere".into()));
        let replies: Vec<Reply> = replies.into_iter().map(Reply::from).collect();
        let reply = replies.into_iter().next().unwrap_or(Reply::Other);
        self.directory.learn_from(&node, reply, self.now)?;
        Ok(self.directory.nodes_to_ask().len())
    }

    fn place(&self) -> Option<Arc<ServerAddress>> {
        let known = || match self.directory.find(self.slot, self.now).0 {
            Place::At(address) => Some(address),
            _ => None,
        };
        self.retry
            .redirects
            .ask_redirect()
            .cloned()
            .map(Arc::new)
            .or_else(known)
            .or_else(|| self.directory.last_known(self.slot))
    }

    fn told(&self, next: Next, by: &ServerAddress) -> Told {
        self.directory.note_result(&next, self.slot, by);
        match next.step {
            Step::Repeat(pause) => Told::Again(pause),
            Step::Done(answer) if self.is_commit => {
                Told::Committed(answer.and_then(|reply| replies::committed(false, reply)))
            }
            Step::Done(answer) => {
                Told::Loaded(answer.map_err(errors::not_applied).and_then(replies::loaded_owned))
            }
        }
    }
}
