//! Defects that need no store of their own: a function in front of the healthy store, which sees each call and spoils
//! some. Each is named and told in one line where it occurs.

mod behind;
mod families;
mod fixture;
mod keys;
mod moves;
mod notes;
mod sessions;
mod unreadable;
mod writes;

use std::sync::Mutex;

pub(crate) use fixture::FrontFixture;
use notes::Notes;
use session_core::{
    id::StoreKey,
    store::{Answer, BlockingAdapter, BlockingStore as _, Call, StoreError, Stored},
};
use session_testkit::Rule;

use crate::{defect::Defect, store::Mutant};

/// Carries out a call wrongly.
pub(crate) type Wrong = fn(&Front, Call<'_>) -> Answered;

pub(crate) type Answered = Result<Answer, StoreError>;

/// A name, the rule that is broken, an example of where it occurs, and the defect.
pub(crate) type Row = (&'static str, &'static Rule, &'static str, Wrong);

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Row> {
    [keys::ALL, writes::ALL, moves::ALL, families::ALL, unreadable::ALL, sessions::ALL].into_iter().flatten()
}

/// The healthy store behind a defect.
pub(crate) struct Front {
    wrong: Wrong,
    pub(crate) store: Mutant,
    notes: Mutex<Notes>,
}

impl Front {
    fn new(wrong: Wrong) -> Self {
        Self { wrong, store: Mutant::new(Defect::None), notes: Mutex::default() }
    }

    /// Carries out a call rightly.
    fn ask(&self, call: Call<'_>) -> Answered {
        self.store.perform(call)
    }

    fn found(&self, key: StoreKey) -> Option<Stored> {
        self.store.load(&key).ok().flatten()
    }
}

impl BlockingAdapter for Front {
    fn forward(&self, call: Call<'_>) -> Answered {
        self.notes.lock().unwrap().note(&self.store, &call);
        (self.wrong)(self, call)
    }
}
