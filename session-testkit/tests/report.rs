//! What the author of a store reads when it breaks a rule.

use session_testkit::{Fixture, ModelClock, ModelStore, OpenError, Opened, Outcome, examine, rules};

/// A store whose clock always stands still, so that nothing ever expires.
struct Frozen;

impl Fixture for Frozen {
    fn name(&self) -> &str {
        "frozen"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let clock = ModelClock::default();
        Ok(Opened::blocking(ModelStore::new()).with_clock(move |time| clock.set(time)))
    }
}

struct Absent;

impl Fixture for Absent {
    fn name(&self) -> &str {
        "absent"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        Err(OpenError::absent("no server is installed"))
    }
}

#[test]
fn a_failure_says_all_that_an_author_needs() {
    let findings = examine(Frozen, &[&rules::LOAD_1]);
    let broken = findings.iter().find_map(|finding| match finding.outcome() {
        Outcome::Broken(report) => Some(report),
        Outcome::Kept | Outcome::ClaimedAway(_) | Outcome::NotChecked(_) => None,
    });
    let report = broken.map(String::as_str).unwrap_or_default();
    for part in [
        "frozen breaks LOAD-1",
        rules::LOAD_1.sentence(),
        rules::LOAD_1.reason(),
        "after its deadline, before any sweep: the key still answers",
        "blocking API",
        "blocking::load_1::an_expired_record_is_absent",
        "SESSION_TEST_SEED=0x",
        "contract/index.html#load",
    ] {
        assert!(report.contains(part), "the report lacks {part:?}:\n{report}");
    }
}

#[test]
fn an_absent_server_is_not_checked_with_its_reason() {
    let findings = examine(Absent, rules::ALL);
    let outcomes: Vec<&Outcome> = findings.iter().map(session_testkit::Finding::outcome).collect();
    assert!(
        matches!(outcomes.as_slice(), [Outcome::NotChecked(reason)] if reason == "no server is installed"),
        "{outcomes:?}"
    );
}

#[test]
fn what_is_claimed_away_has_its_reason() {
    struct Modest;

    impl Fixture for Modest {
        fn name(&self) -> &str {
            "modest"
        }

        async fn open(&self) -> Result<Opened, OpenError> {
            Frozen.open().await
        }

        fn claims(&self) -> session_testkit::Claims {
            session_testkit::Claims::everything().except(&rules::LOAD_1, "its clock stands still")
        }
    }

    let findings = examine(Modest, &[&rules::LOAD_1]);
    assert!(findings.iter().all(|finding| match finding.outcome() {
        Outcome::ClaimedAway(reason) => reason == "its clock stands still",
        Outcome::Kept | Outcome::Broken(_) | Outcome::NotChecked(_) => false,
    }));
}
