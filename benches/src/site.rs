use std::sync::Arc;

use session_core::{
    Context, OpenSession, SessionConfig, Timestamp, Visit, blocking,
    cookie::SetCookie,
    exchange::{Answer, Call, Exchange, Saved, Settled, Step, begin, finish},
    store::{BlockingStore as _, CommitOutcome, CreateOutcome, Stored},
};
use session_memory::MemoryStore;

use crate::Load;

/// A browser with a stored session, and the store's answer to its next request. There is no store, so the core alone is
/// measured.
#[derive(Debug)]
pub struct Site {
    context: Arc<Context>,
    now: Timestamp,
    cookies: String,
    stored: Stored,
}

impl Site {
    /// Stores a session of this size, under the default configuration.
    #[must_use]
    pub fn new(load: Load) -> Self {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let context = Context::new(SessionConfig::default());
        let sessions = blocking::Sessions::with_context(MemoryStore::new(), Arc::clone(&context));
        let session = sessions.open(&browser(), now).unwrap();
        load.fill(&session);
        let SetCookie::Set { id, .. } = sessions.save(&session, now).unwrap().cookie else {
            panic!("a stored session has a cookie");
        };
        let stored = sessions.store().load(id.key()).unwrap().unwrap();
        let cookies = format!("theme=dark; AloSession={}; consent=2026-01-01", id.expose().as_str());
        Self { context, now, cookies, stored }
    }

    /// The headers of a request that does not use the session.
    pub fn visit(&self) -> Visit<'_> {
        browser().cookie(self.cookies.as_bytes())
    }

    /// Opens the session of a request; the store's answer is ready.
    #[must_use]
    pub fn open(&self, visit: &Visit<'_>) -> OpenSession {
        let Step::Ask(opening) = begin(&self.context, visit, self.now) else { panic!("there is a cookie") };
        match opening.answer(Ok(Answer::Load(Some(self.stored.clone())))) {
            Ok(Step::Done(session)) => session,
            other => panic!("{other:?}"),
        }
    }

    /// A whole request of a browser without a session that sets nothing.
    #[must_use]
    pub fn come_without_a_cookie(&self) -> Settled {
        match begin(&self.context, &browser(), self.now) {
            Step::Done(session) => self.finish_read(&session),
            Step::Ask(opening) => panic!("{opening:?}"),
        }
    }

    /// Finishes a session that was only read, without a call of the store.
    fn finish_read(&self, session: &OpenSession) -> Settled {
        match finish(session, self.now) {
            Ok(Step::Done(settled)) => settled,
            other => panic!("{other:?}"),
        }
    }

    /// Finishes a session by one commit, which the store accepts.
    fn finish_changed(&self, session: &OpenSession) -> Settled {
        let Ok(Step::Ask(saving)) = finish(session, self.now) else { panic!("there is a change") };
        assert!(matches!(saving.call(), Call::Commit { .. }));
        match saving.answer(Ok(Answer::Commit(CommitOutcome::Written))) {
            Ok(Step::Done(settled)) if settled.saved == Saved::Committed { merged: 0 } => settled,
            other => panic!("{other:?}"),
        }
    }

    /// A whole request that reads two keys and changes nothing.
    pub fn read_two_keys(&self) -> (Option<u64>, Option<u64>) {
        let session = self.open(&self.visit());
        let keys = (session.get("user").unwrap(), session.get("last_seen").unwrap());
        let _ = self.finish_read(&session);
        keys
    }

    /// A whole request that reads two keys and changes one.
    pub fn change_a_key(&self) -> (Option<u64>, Option<u64>) {
        let session = self.open(&self.visit());
        let keys = (session.get("user").unwrap(), session.get("last_seen").unwrap());
        session.set("last_seen", 1_700_000_000_001_u64).unwrap();
        let _ = self.finish_changed(&session);
        keys
    }

    /// A whole request of a browser without a session that sets two keys, up to its Set-Cookie.
    pub fn begin_a_session(&self) -> usize {
        let Step::Done(session) = begin(&self.context, &browser(), self.now) else {
            panic!("there is no cookie")
        };
        session.set("user", 420_042_u64).unwrap();
        session.set("name", "Ada Lovelace").unwrap();
        let Ok(Step::Ask(saving)) = finish(&session, self.now) else { panic!("there is a session") };
        assert!(matches!(saving.call(), Call::Create { .. }));
        match saving.answer(Ok(Answer::Create(CreateOutcome::Created { evicted: Vec::new() }))) {
            Ok(Step::Done(settled)) => {
                settled.cookie.header(&self.context.config().cookie).map_or(0, |header| header.len())
            }
            // One in many session starts sweeps.
            Ok(Step::Ask(saving)) if matches!(saving.call(), Call::Sweep { .. }) => 0,
            other => panic!("{other:?}"),
        }
    }

    /// What all sessions of the site share.
    #[must_use]
    pub const fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// The record of the session, as a store returns it.
    #[must_use]
    pub const fn stored(&self) -> &Stored {
        &self.stored
    }
}

fn browser() -> Visit<'static> {
    Visit::new()
        .user_agent(b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
        .accept_language(b"en-GB,en;q=0.8,de;q=0.5,fr;q=0.3")
        .dnt(b"1")
}
