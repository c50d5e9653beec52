//! Random sequences, compared with the model answer by answer and record by record.

mod attempt;
mod judge;
mod order;
mod quorum;
mod step;
mod world;

use std::cell::RefCell;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use quorum::Quorum;
use step::{Planned, sequences};
use world::World;

use crate::{
    case::cases,
    subject::{Drive, Subject},
    violation::{Checked, Flaw, Violation},
};

cases! {
    COMMIT_1: [random_sequences_on_one_family_match_the_model];
    FAMILY_1: [random_sequences_over_families_match_the_model];
}

async fn random_sequences_on_one_family_match_the_model(s: Subject) -> Checked {
    matches_the_model(&s, 1)
}

async fn random_sequences_over_families_match_the_model(s: Subject) -> Checked {
    matches_the_model(&s, 3)
}

/// Draws and shrinks the sequences on a separate thread, which may block on each of them.
fn matches_the_model(s: &Subject, families: usize) -> Checked {
    s.race(vec![Box::new(move |drive: &Drive, s| search(drive, &s, families))]).map(drop)
}

fn search(drive: &Drive, s: &Subject, families: usize) -> Checked {
    let few = s.shared.time.is_real() || s.pace().is_far();
    let config = Config {
        cases: if few { 6 } else { 160 },
        max_shrink_iters: if few { 40 } else { 2_000 },
        max_shrink_time: u32::try_from(s.pace().shrinking().as_millis()).unwrap_or(u32::MAX),
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &s.shared.seed.bytes::<32>());
    let mut runner = TestRunner::new_with_rng(config, rng);
    let (quorum, worst) = (Quorum::new(), RefCell::new(None::<Violation>));
    let found = runner.run(&sequences(families, few), |steps| {
        if quorum.is_decided() && worst.borrow().is_none() {
            return Ok(());
        }
        match drive.block_on(replay(s, families, &steps)) {
            Ok(()) => quorum.compared(),
            Err(Flaw::Violation(violation)) => {
                let reason = TestCaseError::fail(violation.seen.clone());
                worst.replace(Some(violation));
                return Err(reason);
            }
            Err(_) => quorum.thrown_away(),
        }
        Ok(())
    });
    match (found, worst.into_inner()) {
        (Ok(()), _) => quorum.verdict(),
        (Err(TestError::Fail(_, steps)), Some(violation)) => {
            let seen =
                format!("{}\n          after {}", violation.seen, listing(&steps, s.shared.others.len() + 1));
            Err(Flaw::Violation(Violation { seen, ..violation }))
        }
        (Err(error), _) => Err(s.violation(format!("the search ended: {error}"))),
    }
}

async fn replay(s: &Subject, families: usize, steps: &[Planned]) -> Checked {
    let ways = s.ways();
    let mut world = World::new(s, families);
    for planned in steps {
        world.s = ways.get(planned.way % ways.len()).unwrap_or(s);
        world.take(&planned.step).await?;
        if planned.look {
            world.look().await?;
        }
    }
    world.look().await
}

/// The steps as lines. Ways other than the first exchange the instances and the APIs.
fn listing(steps: &[Planned], ways: usize) -> String {
    let line = |planned: &Planned| {
        let way = planned.way % ways;
        let way = if way == 0 { String::new() } else { format!(", way {way}") };
        format!("{:?}{way}{}", planned.step, if planned.look { ", look" } else { "" })
    };
    let lines: Vec<String> = steps.iter().map(line).collect();
    format!("{} steps:\n            {}", steps.len(), lines.join("\n            "))
}
