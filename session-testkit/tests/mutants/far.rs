//! Distance does not blind the kit: stores that are far away, and whose clocks run, are rejected as well, and a healthy one
//! is not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::Failed;
use session_testkit::{
    Distant, Finding, Fixture, ModelClock, OpenError, Opened, Outcome, Rule, examine, rules,
};

use crate::{defect::Defect, store::Mutant};

/// One for each kind of case about deadlines and races.
const FAR: [(Defect, &Rule); 14] = [
    (Defect::CreateChecksThenInserts, &rules::CREATE_3),
    (Defect::ExpiryOnlyBySweep, &rules::LOAD_1),
    (Defect::LoadExtends, &rules::LOAD_4),
    (Defect::CommitRevivesExpired, &rules::COMMIT_2),
    (Defect::CommitRetryRenews, &rules::COMMIT_3),
    (Defect::CommitChecksThenWrites, &rules::COMMIT_4),
    (Defect::CommitKeepsTheDeadline, &rules::COMMIT_6),
    (Defect::TouchOnlyExtends, &rules::TOUCH_2),
    (Defect::DeleteChecksThenDeletes, &rules::DELETE_2),
    (Defect::TombstonesNeverDie, &rules::ROTATE_5),
    (Defect::BuriedKeepTheDeadline, &rules::DELETE_3),
    (Defect::RevokeScansThenDeletes, &rules::FAMILY_2),
    (Defect::CapCountsThenInserts, &rules::FAMILY_3),
    (Defect::TouchIsForgotten, &rules::SESSION_7),
];

/// A store this far away, each way, that takes a while for each write. Its clock runs, and the kit cannot move it.
#[derive(Clone, Copy)]
struct FarFixture(Defect, Duration);

impl Fixture for FarFixture {
    fn name(&self) -> &str {
        "far mutant"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let store = Mutant::new(self.0).with_gap(self.1 * 2);
        let guard = Ticking::start(store.clock.clone());
        let far = Distant::new(store, self.1).with_slow_writes(self.1).with_jitter(self.1 / 4);
        Ok(Opened::blocking(far).with_guard(guard))
    }
}

/// A clock that runs until this is dropped.
struct Ticking(Arc<AtomicBool>);

impl Ticking {
    fn start(clock: ModelClock) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let (began, ends) = (Instant::now(), Arc::clone(&ended));
        thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                clock.set(began.elapsed());
                thread::sleep(Duration::from_millis(1));
            }
        });
        Self(ended)
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// All at a time, because they mostly wait.
pub(crate) fn are_rejected_and_a_healthy_one_is_not(each_way: Duration) -> Result<(), Failed> {
    let wrong: Vec<String> = thread::scope(|scope| {
        let judge = |(defect, rule): (Defect, &'static Rule)| {
            scope.spawn(move || {
                let findings = examine(FarFixture(defect, each_way), &[rule]);
                let broken = findings.iter().find(|finding| is_broken(finding));
                match (defect, broken) {
                    (Defect::None, Some(finding)) => Some(format!("a healthy store: {:?}", finding.seen())),
                    (Defect::None, None) => None,
                    (_, Some(finding)) if finding.rule() == Some(rule) => None,
                    (_, finding) => {
                        Some(format!("{defect:?} is not rejected under {}: {finding:?}", rule.name()))
                    }
                }
            })
        };
        let healthy = FAR.map(|(_, rule)| judge((Defect::None, rule)));
        let judged: Vec<_> = FAR.map(judge).into_iter().chain(healthy).collect();
        judged.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
    });
    if wrong.is_empty() { Ok(()) } else { Err(Failed::from(wrong.join("\n"))) }
}

fn is_broken(finding: &Finding) -> bool {
    matches!(finding.outcome(), Outcome::Broken(_))
}
