//! The guide says which rules are green after each step, and they are.

use std::{
    env, fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use file_store::FileStore;
use session_core::store::{
    Answer, Applied, BlockingAdapter, BlockingStore as _, Call, Operation, StoreError, StoreErrorKind,
};
use session_testkit::{Fixture, ModelClock, OpenError, Opened, Outcome, Rule, examine, rules};

const GUIDE: &str = include_str!("../../../session-testkit/docs/write-a-backend.md");

/// A store of which only these methods are written.
struct Unfinished {
    store: FileStore,
    written: Vec<Operation>,
}

impl BlockingAdapter for Unfinished {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        if self.written.contains(&call.operation()) {
            return self.store.perform(call);
        }
        Err(StoreError::new(StoreErrorKind::Unsupported, Applied::No).with_source("not written yet"))
    }
}

struct Step(Vec<Operation>);

impl Fixture for Step {
    fn name(&self) -> &str {
        "step"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let directory = Directory(env::temp_dir().join(format!("file-step-{}-{number}", process::id())));
        let (began, clock) = (SystemTime::now(), ModelClock::default());
        let reads = clock.clone();
        let store = FileStore::with_clock(&directory.0, move || began + reads.now())?;
        Ok(Opened::blocking(Unfinished { store, written: self.0.clone() })
            .with_clock(move |time| clock.set(time))
            .with_guard(directory))
    }
}

struct Directory(PathBuf);

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_the_guide_calls_green_is_kept() {
    let steps = [
        vec![Operation::Load, Operation::Create, Operation::List],
        vec![Operation::Commit, Operation::Touch],
        vec![Operation::Delete, Operation::Rotate],
    ];
    let mut written = Vec::new();
    for (step, named) in steps.into_iter().zip(GUIDE.split("**Green now").skip(1)) {
        written.extend(step);
        let named = named.split("\n\n").next().unwrap_or_default();
        let named: Vec<&str> = named.split_whitespace().map(|word| word.trim_matches([',', '.'])).collect();
        let rules: Vec<&'static Rule> =
            rules::ALL.iter().copied().filter(|rule| named.contains(&rule.name())).collect();
        assert!(rules.len() > 3, "the guide names {named:?}");
        for finding in examine(Step(written.clone()), &rules) {
            let broken = matches!(finding.outcome(), Outcome::Broken(_));
            assert!(!broken, "with {written:?} only: {:?}", finding.outcome());
        }
    }
}
