//! A throw-away session: every operation of the contract, tried through the store itself.

use std::{error::Error, time::Duration};

use session_core::{
    id::{Algorithm, CookieId, Digest, Family, Generator, StoreKey},
    store::{
        BlockingStore, CommitOutcome, CreateOutcome, DeleteOutcome, Page, Revision, RotateOutcome,
        StoreError, StoreErrorKind, TouchOutcome, Write,
    },
};

use crate::Finding;

const NAME: &str = "trial";
/// What a trial writes disappears by itself, should the program end in the middle.
const TTL: Duration = Duration::from_secs(60);

/// The keys of a trial, which no session has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trial {
    owned: StoreKey,
    anonymous: StoreKey,
}

/// What went wrong at which step.
struct Failure {
    step: &'static str,
    error: Option<StoreError>,
}

type Step<S> = (&'static str, fn(&S, &Trial) -> Result<bool, StoreError>);

impl Trial {
    /// `None` if the system has no randomness.
    pub(crate) fn new() -> Option<Self> {
        let id = || CookieId::generate(Algorithm::Sha256, None, &Generator).ok();
        let (anonymous, digest) = (*id()?.key(), id()?.key().digest);
        let owner = id()?.key().digest.handle().to_hex();
        Some(Self { owned: StoreKey { family: Family::of_owner(&owner, None), digest }, anonymous })
    }

    /// The family of an owner who does not exist.
    pub(crate) const fn owner(&self) -> Family {
        self.owned.family
    }

    /// All keys, of which nothing must be left.
    pub(crate) fn keys(&self) -> [StoreKey; 4] {
        [self.owned, next(&self.owned), self.anonymous, next(&self.anonymous)]
    }

    /// Both families with their records, which must be gone afterwards.
    pub(crate) fn leftovers(&self) -> [(Family, [Digest; 2]); 2] {
        [self.owned, self.anonymous].map(|key| (key.family, [key.digest, next(&key).digest]))
    }

    /// Tries every operation. `account` is what gives an account the rights that it needs.
    pub(crate) fn run<S: BlockingStore>(&self, store: &S, account: &str) -> Finding {
        match self.steps(store) {
            Ok(()) => Finding::fine(NAME, "a throw-away session was written, changed, listed and ended"),
            Err(Failure { step, error: None }) => Finding::problem(
                NAME,
                format!("{step} had another result than on a right server"),
                "look whether a proxy changes, caches or spreads the statements",
            ),
            Err(Failure { step, error: Some(error) }) => {
                let mut seen = format!("{step} fails: {}", error.kind().label().replace('_', " "));
                let mut cause = error.source();
                while let Some(error) = cause {
                    seen = format!("{seen}: {error}");
                    cause = error.source();
                }
                Finding::problem(NAME, seen, &advice(error.kind(), account))
            }
        }
    }

    fn steps<S: BlockingStore>(&self, store: &S) -> Result<(), Failure> {
        let steps: [Step<S>; 14] = [
            ("signing in", |store, trial| created(store, &trial.owned)),
            ("reading an owner's session", |store, trial| Ok(store.load(&trial.owned)?.is_some())),
            ("changing an owner's session", |store, trial| committed(store, &trial.owned)),
            ("prolonging an owner's session", |store, trial| touched(store, &trial.owned)),
            ("changing the id of an owner's session", |store, trial| rotated(store, &trial.owned)),
            ("listing an owner's sessions", |store, trial| {
                Ok(store.list(&trial.owner(), Page::default())?.sessions.len() == 1)
            }),
            ("signing out", |store, trial| deleted(store, &next(&trial.owned), Some(write(5)))),
            ("signing out everywhere", |store, trial| store.revoke(&trial.owner(), None).map(|_| true)),
            ("beginning a session", |store, trial| created(store, &trial.anonymous)),
            ("reading a session", |store, trial| Ok(store.load(&trial.anonymous)?.is_some())),
            ("changing a session", |store, trial| committed(store, &trial.anonymous)),
            ("prolonging a session", |store, trial| touched(store, &trial.anonymous)),
            ("changing the id of a session", |store, trial| rotated(store, &trial.anonymous)),
            ("ending a session", |store, trial| deleted(store, &next(&trial.anonymous), None)),
        ];
        steps.iter().try_for_each(|(step, run)| match run(store, self) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure { step, error: None }),
            Err(error) => Err(Failure { step, error: Some(error) }),
        })
    }
}

/// The key that the id is changed to.
fn next(key: &StoreKey) -> StoreKey {
    let bytes = key.digest.as_bytes().map(|byte| !byte);
    StoreKey { family: key.family, digest: Digest::from_bytes(bytes) }
}

const fn write(revision: u8) -> Write<'static> {
    Write { next: Revision::from_bytes([revision; 16]), data: b"session-setup", ttl: TTL }
}

fn created(store: &impl BlockingStore, key: &StoreKey) -> Result<bool, StoreError> {
    Ok(matches!(store.create(key, write(1), None)?, CreateOutcome::Created { .. }))
}

fn committed(store: &impl BlockingStore, key: &StoreKey) -> Result<bool, StoreError> {
    let outcome = store.commit(key, Revision::from_bytes([1; 16]), write(2))?;
    Ok(matches!(outcome, CommitOutcome::Written))
}

fn touched(store: &impl BlockingStore, key: &StoreKey) -> Result<bool, StoreError> {
    Ok(matches!(store.touch(key, Revision::from_bytes([2; 16]), TTL)?, TouchOutcome::Touched))
}

fn rotated(store: &impl BlockingStore, key: &StoreKey) -> Result<bool, StoreError> {
    let expected = Revision::from_bytes([2; 16]);
    let outcome = store.rotate(key, expected, &next(key), write(3), Some(write(4)))?;
    Ok(matches!(outcome, RotateOutcome::Written))
}

fn deleted(
    store: &impl BlockingStore,
    key: &StoreKey,
    tombstone: Option<Write<'_>>,
) -> Result<bool, StoreError> {
    Ok(matches!(store.delete(key, None, tombstone)?, DeleteOutcome::Deleted))
}

fn advice(kind: StoreErrorKind, account: &str) -> String {
    match kind {
        StoreErrorKind::Denied => {
            format!("check user, password and encryption of the URL; the rights that are needed: {account}")
        }
        StoreErrorKind::ReadOnly => "use the URL of the server that takes writes".to_owned(),
        StoreErrorKind::OutOfSpace => "make room on the server".to_owned(),
        StoreErrorKind::TooLarge => "raise the limit that the error names".to_owned(),
        _ => "look at the server's log, and run this again".to_owned(),
    }
}
