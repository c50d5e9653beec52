use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use session_core::{
    Context, OpenSession, SessionConfig, Timestamp, Visit,
    config::Codec,
    exchange::{Answer, Call, Exchange as _, Saving, Step, begin, finish, fresh},
    id::CookieId,
    store::{Revision, Stored},
};

use super::{
    change::{Change, make_all},
    snapshot::Snapshot,
};
use crate::support::Counted;

/// One browser of one application.
#[derive(Clone)]
pub(super) struct Site {
    context: Arc<Context>,
    cookie: String,
}

/// A record that was written.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) revision: Revision,
    data: Bytes,
}

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const IDLE: Duration = Duration::from_secs(300);

thread_local! {
    static SITES: [Site; 3] = [Codec::MessagePack, Codec::Json, Codec::Bincode].map(Site::new);
}

impl Site {
    fn new(codec: Codec) -> Self {
        let config = SessionConfig::with(|settings| {
            settings.fingerprint.properties.clear();
            settings.idle = IDLE;
            settings.codec = codec;
        });
        let context = Context::with_entropy(config.expect("it is right"), Counted::default());
        let id = CookieId::generate(context.config().algorithm, None, context.entropy());
        let cookie = format!("AloSession={}", id.expect("there is entropy").expose().as_str());
        Self { context, cookie }
    }

    pub(super) fn of(codec: u8) -> Self {
        SITES.with(|sites| sites[usize::from(codec) % sites.len()].clone())
    }

    pub(super) fn later(&self) -> Timestamp {
        NOW.after(IDLE / 2)
    }

    pub(super) fn open(&self, kept: &Kept) -> OpenSession {
        let visit = Visit::new().cookie(self.cookie.as_bytes());
        let Step::Ask(opening) = begin(&self.context, &visit, NOW) else { panic!("there is a cookie") };
        match opening.answer(Ok(Answer::Load(Some(kept.stored(0))))) {
            Ok(Step::Done(session)) => session,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn look(&self, kept: &Kept) -> Snapshot {
        Snapshot::of(&self.open(kept))
    }

    /// Returns a session with these changes, and their effects.
    pub(super) fn create(&self, changes: &[Change]) -> (Kept, Snapshot) {
        let session = fresh(&self.context, &Visit::new(), NOW);
        let mut model = Snapshot::default();
        session.flash("info", "first").expect("there is room");
        model.flashes.push_back("first".to_owned());
        make_all(changes, &session, &mut model);
        // With some content, or it would not be stored.
        session.flash("info", "last").expect("there is room");
        model.flashes.push_back("last".to_owned());
        let saving = self.begin_save(&session).expect("it is new");
        let kept = match saving.call() {
            Call::Create { write, .. } => kept(write),
            other => panic!("{other:?}"),
        };
        assert_eq!(self.look(&kept), model);
        (kept, model)
    }

    /// Returns the record with these changes, and their effects. It stays the same if they have no effect.
    pub(super) fn commit(&self, on: &Kept, before: &Snapshot, changes: &[Change]) -> (Kept, Snapshot) {
        let (session, mut model) = (self.open(on), before.clone());
        make_all(changes, &session, &mut model);
        let after =
            self.begin_save(&session).map_or_else(|| on.clone(), |saving| self.written(&saving, on.revision));
        assert_eq!(self.look(&after), model);
        (after, model)
    }

    /// Returns `None` if there is nothing to save.
    pub(super) fn begin_save(&self, session: &OpenSession) -> Option<Saving> {
        match finish(session, NOW) {
            Ok(Step::Ask(saving)) => Some(saving),
            Ok(Step::Done(_)) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Returns the record to be written if the stored one still has this revision.
    pub(super) fn written(&self, saving: &Saving, on: Revision) -> Kept {
        match saving.call() {
            Call::Commit { expected, write, .. } => {
                assert_eq!(expected, on);
                kept(write)
            }
            other => panic!("{other:?}"),
        }
    }
}

fn kept(write: session_core::store::Write<'_>) -> Kept {
    assert!(!write.ttl.is_zero());
    Kept { revision: write.next, data: Bytes::copy_from_slice(write.data) }
}

impl Kept {
    /// Answers as a store, after a number of other writes, each with a revision of its own.
    pub(super) fn stored(&self, writes: u8) -> Stored {
        let mut revision = *self.revision.as_bytes();
        revision[0] ^= writes;
        Stored { revision: Revision::from_bytes(revision), remaining: IDLE, data: self.data.clone() }
    }
}
