use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use session_core::{
    Context, OpenSession, Visit,
    cookie::SetCookie,
    exchange::{Exchange as _, Step, begin},
};
use typed_arena::Arena;

use crate::support::World;

/// What the requests were told, which must stay true.
pub(super) struct Ledger<'a> {
    texts: &'a Arena<String>,
    /// The Cookie headers that browsers may send, oldest first.
    pub(super) cookies: Vec<&'a str>,
    /// The cookies that no longer open a session.
    dead: BTreeSet<usize>,
    /// The entries of each session's log, by the number of the session.
    acknowledged: BTreeMap<u32, BTreeSet<u32>>,
    /// The one-time tokens that a request was told to have taken.
    taken: BTreeSet<u32>,
    numbers: u32,
    /// A request emptied a session, and the log with it.
    cleared: bool,
}

/// The cookie of a request.
#[derive(Clone, Copy)]
pub(super) struct Cookie {
    pub(super) at: Option<usize>,
    /// It no longer opened a session when the request began.
    dead: bool,
}

/// The changes of a request since its last acknowledgement.
#[derive(Default)]
pub(super) struct Change {
    logged: Vec<u32>,
    taken: Vec<u32>,
    /// How many of them the last save contains.
    taken_sent: usize,
    /// The number that the log had before a sign-in, and the entries that were acknowledged then. Another request may get
    /// entries acknowledged later, in a session of its own.
    continues: Option<(u32, BTreeSet<u32>)>,
    /// The id of the request must be dead afterwards.
    kills_id: bool,
    /// A part may be saved already, so another request may have emptied the log since.
    partly_saved: bool,
}

impl Change {
    /// Changes the session. An error is ignored, because it changes nothing.
    pub(super) fn make(&mut self, ledger: &mut Ledger<'_>, session: &OpenSession, what: u8) {
        let number = ledger.number();
        let owner = session.owner();
        match what % 16 {
            0..5 => self.log(session, number),
            5 => drop(session.set("x", number)),
            6 => drop(session.remove("x")),
            7 => drop(session.flash("info", "saved").and_then(|()| session.take_flashes())),
            8 => self.sign_in(ledger, session, "ada", number),
            9 => self.sign_in(ledger, session, "bob", number),
            10 if owner.is_some() && session.logout().is_ok() => {
                ledger.cleared = true;
                self.end();
            }
            10 => drop(session.set_label(Some("a telephone"))),
            11 => self.kills_id |= session.rotate().is_ok(),
            12 => {
                session.destroy();
                self.end();
            }
            13 => drop(session.set("token", number).and_then(|()| session.tokens().create("once", None))),
            14 => self.take_token(session),
            _ => {
                if session.clear().is_ok() {
                    ledger.cleared = true;
                    self.continues = None;
                    self.logged.clear();
                }
            }
        }
    }

    /// A session gets a number with its first entry, and keeps it until a sign-in or until it is emptied.
    fn log(&mut self, session: &OpenSession, number: u32) {
        let numbered = session.update("number", move |numbers: &mut Vec<u32>| {
            if numbers.is_empty() {
                numbers.push(number);
            }
        });
        let logged = session.update("log", move |log: &mut Vec<u32>| log.push(number));
        if numbered.and(logged).is_ok() {
            self.logged.push(number);
        }
    }

    /// A sign-in gives the log another number: two at once may both succeed, each with a session of its own.
    fn sign_in(&mut self, ledger: &mut Ledger<'_>, session: &OpenSession, owner: &str, number: u32) {
        let (before, from) = (session.owner(), numbers(session).last().copied());
        if session.login(owner).is_err() {
            return;
        }
        self.kills_id = true;
        if before.is_some_and(|before| before != owner) {
            // The values of another owner are dropped.
            ledger.cleared = true;
            self.logged.clear();
            self.continues = None;
        } else {
            let entries = |number| (number, ledger.acknowledged.get(&number).cloned().unwrap_or_default());
            self.continues = self.continues.take().or_else(|| from.map(entries));
        }
        drop(session.update("number", move |numbers: &mut Vec<u32>| numbers.push(number)));
    }

    fn take_token(&mut self, session: &OpenSession) {
        let Ok(Some(text)) = session.tokens().read("once") else { return };
        let number = session.get::<u32>("token").unwrap();
        if session.tokens().claim("once", text.as_str()).is_ok() {
            self.taken.extend(number);
        }
    }

    fn end(&mut self) {
        self.kills_id = true;
        self.continues = None;
        self.logged.clear();
    }

    pub(super) fn forget_all(&mut self) {
        *self = Self { partly_saved: true, ..Self::default() };
    }

    pub(super) fn partly_saved(&mut self) {
        self.partly_saved = true;
    }

    pub(super) fn forget_id(&mut self) {
        self.kills_id = false;
    }

    pub(super) fn begin_save(&mut self) {
        self.taken_sent = self.taken.len();
    }

    pub(super) fn forget_tokens(&mut self) {
        self.taken.clear();
        self.taken_sent = 0;
    }

    pub(super) fn forget_sent_tokens(&mut self) {
        self.taken.drain(..self.taken_sent);
        self.taken_sent = 0;
    }
}

impl<'a> Ledger<'a> {
    pub(super) fn new(texts: &'a Arena<String>) -> Self {
        Self {
            texts,
            cookies: Vec::new(),
            dead: BTreeSet::new(),
            acknowledged: BTreeMap::new(),
            taken: BTreeSet::new(),
            numbers: 0,
            cleared: false,
        }
    }

    fn number(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    /// Chooses mostly the newest cookie, sometimes an older one or none.
    pub(super) fn choose_cookie(&self, what: u8) -> Cookie {
        let at = match (what, self.cookies.len()) {
            (_, 0) | (240.., _) => None,
            (0..160, count) => Some(count - 1),
            (_, count) => Some(usize::from(what) % count),
        };
        Cookie { at, dead: at.is_some_and(|at| self.dead.contains(&at)) }
    }

    pub(super) fn keep_cookie(&mut self, cookie: &SetCookie) -> Option<usize> {
        let SetCookie::Set { id, .. } = cookie else { return None };
        let header = format!("AloSession={}", id.expose().as_str());
        let known = self.cookies.iter().position(|cookie| *cookie == header);
        known.or_else(|| {
            self.cookies.push(self.texts.alloc(header));
            Some(self.cookies.len() - 1)
        })
    }

    /// Checks what a request finds. Afterwards it has that snapshot, whatever other requests are told.
    pub(super) fn opened(&mut self, session: &OpenSession, cookie: Cookie) {
        assert!(!cookie.dead || session.is_new(), "a dead id opens a session");
        if session.is_new() {
            self.dead.extend(cookie.at);
        }
        self.check(session);
    }

    pub(super) fn acknowledge(&mut self, change: Change, session: &OpenSession, cookie: Option<usize>) {
        for token in change.taken {
            assert!(self.taken.insert(token), "a one-time token has two takers");
        }
        if change.kills_id {
            self.dead.extend(cookie);
        }
        let log = log(session);
        let numbers = numbers(session);
        // Another request may have emptied the session meanwhile.
        let before = change.continues.filter(|(number, _)| numbers.contains(number));
        if let (Some((_, before)), Some(number)) = (before, numbers.last()) {
            self.acknowledged.entry(*number).or_default().extend(before);
        }
        let (kept, lost): (Vec<u32>, Vec<u32>) =
            change.logged.iter().copied().partition(|entry| log.contains(entry));
        assert!(
            lost.is_empty() || (change.partly_saved && self.cleared),
            "an acknowledged change is lost at once"
        );
        if !kept.is_empty() {
            let number = numbers.last().expect("an entry comes with a number");
            self.acknowledged.entry(*number).or_default().extend(kept);
        }
    }

    /// Checks that each acknowledged entry is in the log, and none is in it twice.
    pub(super) fn check(&self, session: &OpenSession) {
        let log = log(session);
        let once: BTreeSet<_> = log.iter().copied().collect();
        assert_eq!(once.len(), log.len(), "a change was made twice");
        if let Some(number) = numbers(session).last() {
            let lost =
                self.acknowledged.get(number).into_iter().flatten().find(|entry| !once.contains(entry));
            assert_eq!(lost, None, "an acknowledged change is lost");
        }
    }

    /// Opens every session that a browser could, at the end, when no call fails.
    pub(super) fn reopen_all(&mut self, context: &Arc<Context>, world: &mut World) {
        for at in 0..self.cookies.len() {
            let visit = Visit::new().cookie(self.cookies[at].as_bytes());
            let mut step = begin(context, &visit, world.timestamp());
            let session = loop {
                step = match step {
                    Step::Done(session) => break session,
                    Step::Ask(opening) => {
                        let answer = world.perform(&opening.call());
                        opening.answer(Ok(answer)).unwrap()
                    }
                };
            };
            self.opened(&session, Cookie { at: Some(at), dead: self.dead.contains(&at) });
        }
    }
}

/// The numbers that the log has had, the last one now.
fn numbers(session: &OpenSession) -> Vec<u32> {
    session.get("number").unwrap().unwrap_or_default()
}

fn log(session: &OpenSession) -> Vec<u32> {
    session.get("log").unwrap().unwrap_or_default()
}
