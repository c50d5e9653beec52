//! Any sequence of operations over several requests leaves the store in the state of a naive model, through both drivers. So
//! every mutator reaches the store, and every return value is true.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, unreachable_pub, reason = "test code")]

mod support;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use proptest::prelude::*;
use serde_json::{Value, json};
use session_core::{
    Context, OpenSession, SessionConfig, SessionError, Sessions, Timestamp, ValueError, Visit, blocking,
    config::Codec,
    cookie::SetCookie,
    exchange::Settled,
    session::{Flash, SignInRequired},
};
use support::{Counted, Shared, ready};

#[derive(Debug, Clone)]
enum Step {
    Set(String, u32),
    SetText(String, String),
    Remove(String),
    Take(String),
    Add(String, u32),
    Clear,
    Flash(String),
    TakeFlashes,
    CreateToken(String),
    RemoveToken(String),
    RemoveAllTokens,
    ConsumeToken(String),
    Label(String),
    Login(String),
    SwitchOwner(String),
    Discard,
    Elevate(u8),
    Logout,
    Rotate,
    Destroy,
    Save,
}

#[derive(Debug, Clone)]
struct Request {
    steps: Vec<Step>,
    /// The response is a server error: unsaved changes are dropped.
    fails: bool,
    /// The time that passes before the request.
    pause: u64,
}

/// The expected session.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    values: BTreeMap<String, Value>,
    flashes: Vec<String>,
    tokens: Vec<String>,
    owner: Option<String>,
    level: u8,
    destroyed: bool,
}

fn key() -> impl Strategy<Value = String> {
    "[a-c]"
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (key(), any::<u32>()).prop_map(|(key, n)| Step::Set(key, n)),
        2 => (key(), ".{0,8}").prop_map(|(key, text)| Step::SetText(key, text)),
        2 => key().prop_map(Step::Remove),
        2 => key().prop_map(Step::Take),
        4 => (key(), 0..9u32).prop_map(|(key, n)| Step::Add(key, n)),
        1 => Just(Step::Clear),
        1 => "[x-z]".prop_map(Step::Flash),
        1 => Just(Step::TakeFlashes),
        1 => key().prop_map(Step::CreateToken),
        1 => key().prop_map(Step::RemoveToken),
        1 => Just(Step::RemoveAllTokens),
        1 => key().prop_map(Step::ConsumeToken),
        1 => "[x-z]".prop_map(Step::Label),
        1 => "[p-q]".prop_map(Step::Login),
        1 => "[p-q]".prop_map(Step::SwitchOwner),
        1 => Just(Step::Discard),
        1 => (0..3u8).prop_map(Step::Elevate),
        1 => Just(Step::Logout),
        1 => Just(Step::Rotate),
        1 => Just(Step::Destroy),
        1 => Just(Step::Save),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let fails = prop::bool::weighted(0.15);
    (prop::collection::vec(step(), 0..6), fails, 0..200u64).prop_map(|(steps, fails, pause)| Request {
        steps,
        fails,
        pause,
    })
}

/// The two drivers behind one trait.
trait Driver {
    fn open(&self, cookie: &str, now: Timestamp) -> OpenSession;
    fn save(&self, session: &OpenSession, now: Timestamp) -> Result<Settled, SessionError>;
    fn pass(&self, time: Duration) -> Timestamp;
}

impl Driver for Sessions<Shared> {
    fn open(&self, cookie: &str, now: Timestamp) -> OpenSession {
        ready(self.open(&Visit::new().cookie(cookie.as_bytes()), now)).unwrap()
    }

    fn save(&self, session: &OpenSession, now: Timestamp) -> Result<Settled, SessionError> {
        ready(self.save(session, now))
    }

    fn pass(&self, time: Duration) -> Timestamp {
        pass(self.store(), time)
    }
}

impl Driver for blocking::Sessions<Shared> {
    fn open(&self, cookie: &str, now: Timestamp) -> OpenSession {
        self.open(&Visit::new().cookie(cookie.as_bytes()), now).unwrap()
    }

    fn save(&self, session: &OpenSession, now: Timestamp) -> Result<Settled, SessionError> {
        self.save(session, now)
    }

    fn pass(&self, time: Duration) -> Timestamp {
        pass(self.store(), time)
    }
}

fn pass(store: &Shared, time: Duration) -> Timestamp {
    let mut world = store.0.lock().unwrap();
    world.now += time;
    world.timestamp()
}

fn run(driver: &dyn Driver, requests: &[Request]) {
    let mut stored = Model::default();
    let mut cookie = String::new();
    for request in requests {
        let now = driver.pass(Duration::from_secs(request.pause));
        let session = driver.open(&cookie, now);
        let mut model = stored.clone();
        let mut saved = model.clone();
        assert_same(&session, &model);
        for step in &request.steps {
            if matches!(step, Step::Save) {
                let settled = driver.save(&session, now).unwrap();
                remember(&mut cookie, &settled.cookie);
                stored = after_save(&model);
                saved = model.clone();
            } else if matches!(step, Step::Discard) {
                session.discard();
                model = saved.clone();
            } else {
                apply(&session, &mut model, step);
            }
            assert_same(&session, &model);
        }
        if !request.fails {
            let settled = driver.save(&session, now).unwrap();
            remember(&mut cookie, &settled.cookie);
            stored = after_save(&model);
        }
    }
}

/// The session that the next request finds.
fn after_save(model: &Model) -> Model {
    if model.destroyed { Model::default() } else { model.clone() }
}

fn remember(cookie: &mut String, set: &SetCookie) {
    match set {
        SetCookie::Keep => {}
        SetCookie::Set { id, .. } => *cookie = format!("AloSession={}", id.expose().as_str()),
        SetCookie::Remove => cookie.clear(),
    }
}

fn apply(session: &OpenSession, model: &mut Model, step: &Step) {
    let dead = model.destroyed;
    let done = match step {
        Step::Set(key, n) => session.set(key, n).map(|()| drop(model.values.insert(key.clone(), json!(n)))),
        Step::SetText(key, text) => {
            session.set(key, text).map(|()| drop(model.values.insert(key.clone(), json!(text))))
        }
        Step::Remove(key) => {
            let there = model.values.remove(key).is_some();
            session.remove(key).map(|was| assert_eq!(was, there))
        }
        Step::Take(key) => {
            let there = model.values.remove(key);
            session.take::<Value>(key).map(|was| assert_eq!(was, there))
        }
        Step::Add(key, n) => {
            let n = *n;
            let added = session.update(key, move |sum: &mut u32| {
                *sum = sum.wrapping_add(n);
                *sum
            });
            let old = model.values.get(key).cloned().unwrap_or(json!(0));
            match old.as_u64() {
                Some(old) => added.map(|sum| {
                    assert_eq!(u64::from(sum), (old + u64::from(n)) & 0xffff_ffff);
                    model.values.insert(key.clone(), json!(sum));
                }),
                None => {
                    assert!(matches!(
                        added,
                        Err(SessionError::Value(ValueError::Decode { .. }) | SessionError::Destroyed)
                    ));
                    return;
                }
            }
        }
        Step::Clear => session.clear().map(|()| model.values.clear()),
        Step::Flash(text) => session.flash("info", text).map(|()| model.flashes.push(text.clone())),
        Step::TakeFlashes => {
            let expected: Vec<_> = std::mem::take(&mut model.flashes);
            session.take_flashes().map(|taken| {
                let texts: Vec<_> = taken.into_iter().map(|Flash { text, .. }| text).collect();
                assert_eq!(texts, expected);
            })
        }
        Step::CreateToken(name) => session.tokens().create(name, None).map(|_| {
            model.tokens.retain(|other| other != name);
            model.tokens.push(name.clone());
        }),
        Step::RemoveToken(name) => {
            let there = model.tokens.contains(name);
            model.tokens.retain(|other| other != name);
            session.tokens().remove(name).map(|was| assert_eq!(was, there))
        }
        Step::RemoveAllTokens => session.tokens().remove_all().map(|()| model.tokens.clear()),
        Step::ConsumeToken(name) => match session.tokens().read(name).unwrap() {
            None => return assert!(!model.tokens.contains(name)),
            Some(text) => {
                assert!(session.tokens().verify(name, text.as_str()).unwrap());
                session
                    .tokens()
                    .claim(name, text.as_str())
                    .map(|()| model.tokens.retain(|other| other != name))
            }
        },
        Step::Label(label) => session.set_label(Some(label)),
        Step::Login(owner) => session.login(owner).map(|()| {
            if model.owner.as_ref().is_some_and(|before| before != owner) {
                *model = Model { destroyed: model.destroyed, ..Model::default() };
            }
            (model.owner, model.level) = (Some(owner.clone()), 0);
        }),
        Step::SwitchOwner(owner) => {
            session.switch_owner(owner).map(|()| (model.owner, model.level) = (Some(owner.clone()), 0))
        }
        Step::Elevate(level) if model.owner.is_some() => {
            session.elevate(*level).map(|()| model.level = *level)
        }
        Step::Elevate(level) => {
            return assert_eq!(session.elevate(*level), Err(SignInRequired::NotSignedIn.into()));
        }
        Step::Logout => session.logout().map(|()| {
            if model.owner.is_some() {
                *model = Model { destroyed: model.destroyed, ..Model::default() };
            }
        }),
        Step::Rotate => session.rotate(),
        Step::Destroy => {
            session.destroy();
            *model = Model { destroyed: true, ..Model::default() };
            Ok(())
        }
        Step::Save | Step::Discard => Ok(()),
    };
    match done {
        Ok(()) => {}
        Err(SessionError::Destroyed) => assert!(dead, "{step:?}"),
        Err(error) => panic!("{step:?}: {error}"),
    }
}

fn assert_same(session: &OpenSession, model: &Model) {
    assert_eq!(session.to_json().unwrap(), json!(model.values));
    assert_eq!(session.keys(), model.values.keys().cloned().collect::<Vec<_>>());
    assert_eq!((session.owner(), session.level()), (model.owner.clone(), model.level));
    let mut tokens = model.tokens.clone();
    tokens.sort();
    assert_eq!(session.tokens().names().unwrap(), tokens);
    let flashes: Vec<Flash> = session.get("_fl_").unwrap().unwrap_or_default();
    assert_eq!(flashes.into_iter().map(|flash| flash.text).collect::<Vec<_>>(), model.flashes);
    assert_eq!(session.is_destroyed(), model.destroyed);
}

fn context(codec: Codec, aged: bool) -> Arc<Context> {
    let config = SessionConfig::with(|settings| {
        settings.codec = codec;
        settings.idle = Duration::from_secs(1_000_000);
        settings.absolute = Duration::from_secs(1_000_000);
        settings.rotate_after = aged.then_some(Duration::from_secs(60));
    });
    Context::with_entropy(config.unwrap(), Counted::default())
}

proptest! {
    #[test]
    fn both_drivers_do_what_the_model_says(
        requests in prop::collection::vec(request(), 1..8),
        json in any::<bool>(),
        aged in any::<bool>(),
    ) {
        let codec = if json { Codec::Json } else { Codec::MessagePack };
        run(&Sessions::with_context(Shared::default(), context(codec, aged)), &requests);
        run(&blocking::Sessions::with_context(Shared::default(), context(codec, aged)), &requests);
    }
}
