//! The concurrent requests, their starts, and the properties that must hold after every run.

use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use session_core::{
    Context, OpenSession, SessionConfig, SessionError, Visit,
    config::Settings,
    exchange::{Exchange, Saved, Step, begin, finish, fresh},
    id::{Family, StoreKey},
    internal::Record,
};

use crate::{
    explore::{Handler, Outcome},
    jar::{cookie, jars},
    support::{Counted, World},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Read,
    SetA,
    SetB,
    Update,
    Consume,
    Rotate,
    Login,
    LoginOther,
    Logout,
    Destroy,
    EndAll,
    End,
}

impl Kind {
    pub(crate) const ALL: [Self; 12] = [
        Self::Read,
        Self::SetA,
        Self::SetB,
        Self::Update,
        Self::Consume,
        Self::Rotate,
        Self::Login,
        Self::LoginOther,
        Self::Logout,
        Self::Destroy,
        Self::EndAll,
        Self::End,
    ];

    pub(crate) fn handler(self) -> Handler {
        Handler::OpenSession(match self {
            Self::EndAll => return Handler::EndAll,
            Self::End => return Handler::End,
            Self::Read => |session| session.get::<u32>("n").map(drop),
            Self::SetA => |session| session.set("a", 1),
            Self::SetB => |session| session.set("b", 1),
            Self::Update => |session| session.update("n", |n: &mut u32| *n += 1).map(drop),
            Self::Consume => |session| match session.tokens().read("once")? {
                Some(text) => session.tokens().claim("once", text.as_str()),
                None => Err(SessionError::TokenSpent),
            },
            Self::Rotate => OpenSession::rotate,
            Self::Login => |session| session.login("ada"),
            Self::LoginOther => |session| session.login("bob"),
            Self::Logout => OpenSession::logout,
            Self::Destroy => |session| {
                session.destroy();
                Ok(())
            },
        })
    }

    fn changes_rights(self, start: Start) -> bool {
        matches!(self, Self::Rotate | Self::Login | Self::LoginOther) || self.signs_out(start)
    }

    fn ends(self, start: Start) -> bool {
        matches!(self, Self::Destroy | Self::EndAll)
            || self == Self::End && start.owned
            || self.signs_out(start)
    }

    const fn signs_in(self) -> bool {
        matches!(self, Self::Login | Self::LoginOther)
    }

    /// A sign-out does nothing if no user is signed in.
    fn signs_out(self, start: Start) -> bool {
        self == Self::Logout && start.owned
    }
}

/// The session that the requests find.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// Ada is signed in.
    pub(crate) owned: bool,
    /// The id is so old that every request would change it.
    pub(crate) aged: bool,
    /// The absolute deadline cuts the idle one, so that a reader writes its use into the record.
    pub(crate) cut: bool,
}

impl Start {
    pub(crate) const ALL: [Self; 5] = [
        Self { owned: false, aged: false, cut: false },
        Self { owned: true, aged: false, cut: false },
        Self { owned: true, aged: false, cut: true },
        Self { owned: false, aged: true, cut: false },
        Self { owned: true, aged: true, cut: false },
    ];

    pub(crate) fn prepare(self) -> (Arc<Context>, World, Vec<u8>) {
        self.prepare_with(|_| {})
    }

    pub(crate) fn prepare_with(self, change: impl FnOnce(&mut Settings)) -> (Arc<Context>, World, Vec<u8>) {
        let config = SessionConfig::with(|settings| {
            settings.rotate_after = self.aged.then_some(Duration::from_secs(60));
            change(settings);
        });
        let context = Context::with_entropy(config.unwrap(), Counted::default());
        let mut world = World::default();
        let session = fresh(&context, &Visit::new(), world.timestamp());
        session.set("n", 0).unwrap();
        session.tokens().create("once", None).unwrap();
        if self.owned {
            session.login("ada").unwrap();
        }
        if self.cut {
            session.remember(Duration::from_secs(3600)).unwrap();
        }
        let mut step = finish(&session, world.timestamp()).unwrap();
        let settled = loop {
            match step {
                Step::Ask(saving) => {
                    let answer = world.perform(&saving.call());
                    step = saving.answer(Ok(answer)).unwrap();
                }
                Step::Done(settled) => break settled,
            }
        };
        // The id is old then, and a reader extends the deadline.
        world.now += Duration::from_secs(90);
        (context, world, cookie(&settled.cookie).unwrap())
    }
}

/// The properties that must hold after every run.
pub(crate) fn check(
    start: Start,
    context: &Arc<Context>,
    world: &World,
    original: &[u8],
    kinds: &[Kind],
    outcomes: &[Outcome],
) {
    let run = Run { start, context, world, original, kinds, outcomes };
    run.errors_are_honest();
    let reached = run.reached();
    // A sign-in that lost its id to another change of rights has a session of its own, so that it does not matter whose
    // response comes last.
    let changes =
        run.pairs().filter(|(kind, outcome)| kind.changes_rights(start) && outcome.is_saved()).count();
    let signed_in = run.any(|kind, outcome| kind.signs_in() && outcome.is_saved());
    let most = if signed_in { changes } else { 1 };
    assert!(reached.len() <= most, "one browser's session became {} ({run:?})", reached.len());
    if run.any(|kind, outcome| kind == Kind::Destroy && outcome.saved() == Some(Saved::Ended)) {
        assert!(reached.is_empty(), "a destroyed session came back: {run:?}");
    }
    run.ended_is_ended(&reached);
    if run.any(|kind, outcome| {
        kind.changes_rights(run.start) && outcome.is_acknowledged() && outcome.saved() != Some(Saved::Nothing)
    }) {
        assert!(run.open(original).is_none(), "an old id outlived a change of rights: {run:?}");
    }
    if !run.any(|_, outcome| outcome.faulted) {
        let live: BTreeSet<_> = run.live_keys();
        let mut fresh = run.keys_of(|_| true);
        fresh.extend(reached.iter().map(|(key, _)| *key));
        assert!(live.is_subset(&fresh), "a session that no browser can reach was left behind: {run:?}");
    }
    let rights_unsure = run.any(|kind, outcome| {
        (kind.changes_rights(run.start) || kind.ends(run.start)) && outcome.is_uncertain()
    });
    let ended = run.any(|kind, outcome| kind.ends(run.start) && outcome.is_acknowledged());
    if !ended && !rights_unsure {
        run.every_jar_is_right();
    }
    let signed_out = run.any(|kind, outcome| {
        kind.signs_out(run.start) && (outcome.is_acknowledged() || outcome.is_uncertain())
    });
    if !signed_out {
        reached.iter().for_each(|(_, session)| run.nothing_is_lost(session));
    }
    run.one_taker(ended);
}

struct Run<'a> {
    start: Start,
    context: &'a Arc<Context>,
    world: &'a World,
    original: &'a [u8],
    kinds: &'a [Kind],
    outcomes: &'a [Outcome],
}

impl Run<'_> {
    fn errors_are_honest(&self) {
        for (kind, outcome) in self.pairs() {
            assert!(outcome.faulted || !matches!(outcome.ended, Some(Err(_))), "{kind:?} failed: {self:?}");
            match &outcome.settled {
                None | Some(Ok(_) | Err(SessionError::Gone)) => {}
                Some(Err(SessionError::TokenSpent)) if kind == Kind::Consume => {}
                Some(Err(SessionError::Store(_) | SessionError::Unknown)) if outcome.faulted => {}
                Some(Err(error)) => panic!("{kind:?} failed with {error:?}: {self:?}"),
            }
        }
        let ending = self.any(|kind, _| kind.changes_rights(self.start) || kind.ends(self.start));
        let gone = self.any(|_, outcome| matches!(outcome.settled, Some(Err(SessionError::Gone))));
        assert!(
            ending || !gone,
            "a request was told that the session ended, but no request ended it: {self:?}"
        );
    }

    /// A handled request only changed sessions of Ada that existed before, or their successors.
    fn ended_is_ended(&self, reached: &[(StoreKey, OpenSession)]) {
        let ada = Family::of_owner("ada", None);
        let told = |wanted: Kind, least: u64| {
            self.any(|kind, outcome| {
                kind == wanted && matches!(&outcome.ended, Some(Ok(count)) if *count >= least)
            })
        };
        if self.start.owned && told(Kind::EndAll, 0) {
            let alive = reached.iter().any(|(key, _)| key.family == ada);
            assert!(!alive, "a session of the owner outlived the end of all: {self:?}");
        }
        if told(Kind::End, 1) {
            assert!(self.start.owned, "another owner's session was ended: {self:?}");
            assert!(reached.is_empty(), "an ended session came back: {self:?}");
        }
    }

    /// In whatever order the responses arrive, the browser ends with a cookie that opens a session, and that of a user who
    /// has signed in.
    fn every_jar_is_right(&self) {
        let owners: Vec<_> = [(Kind::Login, "ada"), (Kind::LoginOther, "bob")]
            .into_iter()
            .filter_map(|(kind, owner)| (self.signed_in(kind) > 0).then_some(owner))
            .collect();
        // One order is left out. A response with an id that replaces an old one arrives after that of a change of rights
        // which replaced this id in turn. The id must not work any more, because an attacker may have got it as well.
        let changed = self.any(|kind, outcome| kind.changes_rights(self.start) && outcome.is_saved());
        let responses = self
            .pairs()
            .filter(|(kind, outcome)| match outcome.saved() {
                Some(Saved::Rotated) if !owners.is_empty() => kind.signs_in(),
                Some(Saved::Rotated) if changed => kind.changes_rights(self.start),
                _ => true,
            })
            .map(|(_, outcome)| outcome);
        // A sign-in that came too late to find the session begins with nothing, unless it was another sign-in of the same
        // owner that came first.
        let apart = match self.start.owned || self.signed_in(Kind::Login) > 1 {
            true => BTreeSet::new(),
            false => jars(b"", self.outcomes.iter().filter(|outcome| !outcome.handled)),
        };
        for jar in jars(self.original, responses) {
            let Some((_, session)) = self.open(&jar) else { panic!("the session was lost: {self:?}") };
            let owner = session.owner().unwrap_or_default();
            assert!(
                owners.is_empty() || owners.contains(&&*owner),
                "{owner:?} is signed in, not {owners:?}: {self:?}"
            );
            if !apart.contains(&jar) {
                self.nothing_is_lost(&session);
            }
        }
    }

    /// The number of sign-ins that were saved.
    fn signed_in(&self, wanted: Kind) -> usize {
        self.pairs().filter(|(kind, outcome)| *kind == wanted && outcome.is_saved()).count()
    }

    fn nothing_is_lost(&self, session: &OpenSession) {
        // The values of another owner are dropped.
        let others = self.any(|kind, _| kind == Kind::LoginOther);
        if others && (self.start.owned || self.any(|kind, _| kind == Kind::Login)) {
            return;
        }
        let count = |kind: Kind, test: fn(&Outcome) -> bool| {
            self.pairs().filter(|(other, outcome)| *other == kind && test(outcome)).count()
        };
        for (kind, key) in [(Kind::SetA, "a"), (Kind::SetB, "b")] {
            let (sure, unsure) = (count(kind, Outcome::is_acknowledged), count(kind, Outcome::is_uncertain));
            assert!(sure == 0 || session.contains(key), "{key:?} was lost: {self:?}");
            assert!(
                sure + unsure > 0 || !session.contains(key),
                "{key:?} came from a failed request: {self:?}"
            );
        }
        let (sure, unsure) =
            (count(Kind::Update, Outcome::is_acknowledged), count(Kind::Update, Outcome::is_uncertain));
        let n = session.get::<usize>("n").unwrap().unwrap_or(0);
        assert!(
            (sure..=sure + unsure).contains(&n),
            "{n} updates, {sure} acknowledged, {unsure} unsure: {self:?}"
        );
    }

    fn one_taker(&self, ended: bool) {
        let takers = self
            .pairs()
            .filter(|(kind, outcome)| *kind == Kind::Consume && outcome.is_acknowledged())
            .count();
        assert!(takers <= 1, "{takers} requests took one token: {self:?}");
        let wanted = self.kinds.contains(&Kind::Consume);
        let disturbed = ended
            || self.any(|kind, outcome| {
                kind.changes_rights(self.start) || kind.ends(self.start) || outcome.faulted
            });
        assert!(!wanted || disturbed || takers == 1, "no request took the token: {self:?}");
    }

    /// The sessions that the browser can reach by a cookie that replaced the one it had.
    fn reached(&self) -> Vec<(StoreKey, OpenSession)> {
        let sent = self.outcomes.iter().filter(|outcome| outcome.handled).filter_map(set_by);
        let mut reached: Vec<(StoreKey, OpenSession)> = Vec::new();
        for cookie in std::iter::once(self.original.to_vec()).chain(sent) {
            if let Some((key, session)) = self.open(&cookie)
                && reached.iter().all(|(other, _)| *other != key)
            {
                reached.push((key, session));
            }
        }
        reached
    }

    fn keys_of(&self, which: impl Fn(&Outcome) -> bool) -> BTreeSet<StoreKey> {
        let cookies = self.outcomes.iter().filter(|outcome| which(outcome)).filter_map(set_by);
        cookies.filter_map(|cookie| self.open(&cookie)).map(|(key, _)| key).collect()
    }

    fn live_keys(&self) -> BTreeSet<StoreKey> {
        live_keys(self.world)
    }

    fn open(&self, cookie: &[u8]) -> Option<(StoreKey, OpenSession)> {
        open(self.context, self.world, cookie)
    }

    fn pairs(&self) -> impl Iterator<Item = (Kind, &Outcome)> {
        self.kinds.iter().copied().zip(self.outcomes)
    }

    fn any(&self, test: impl Fn(Kind, &Outcome) -> bool) -> bool {
        self.pairs().any(|(kind, outcome)| test(kind, outcome))
    }
}

pub(crate) fn live_keys(world: &World) -> BTreeSet<StoreKey> {
    let is_live = |data: &Bytes| matches!(Record::decode(data), Ok(Record::Live(_)));
    world.sessions().into_iter().filter(|(_, data)| is_live(data)).map(|(key, _)| key).collect()
}

/// The stored session that a cookie opens.
pub(crate) fn open(context: &Arc<Context>, world: &World, cookie: &[u8]) -> Option<(StoreKey, OpenSession)> {
    let visit = Visit::new().cookie(cookie);
    let mut world = world.clone();
    let mut step = begin(context, &visit, world.timestamp());
    let mut key = None;
    loop {
        match step {
            Step::Done(session) => return key.filter(|_| !session.is_new()).map(|key| (key, session)),
            Step::Ask(opening) => {
                let call = opening.call();
                if let session_core::exchange::Call::Load { key: asked } = call {
                    key = Some(asked);
                }
                let answer = world.perform(&call);
                step = opening.answer(Ok(answer)).unwrap();
            }
        }
    }
}

fn set_by(outcome: &Outcome) -> Option<Vec<u8>> {
    cookie(&outcome.settled.as_ref()?.as_ref().ok()?.cookie)
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.start, self.pairs().collect::<Vec<_>>())
    }
}
