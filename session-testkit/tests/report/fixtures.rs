use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use session_core::store::{Adapter, Answer, Call, StoreError};
use session_testkit::{Claims, Fixture, Means, ModelClock, ModelStore, OpenError, Opened, rules};

/// A store whose clock always stands still, so that nothing ever expires.
pub(crate) struct Frozen;

impl Fixture for Frozen {
    fn name(&self) -> &str {
        "frozen"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let clock = ModelClock::default();
        Ok(Opened::blocking(ModelStore::new()).with_clock(move |time| clock.set(time)))
    }
}

/// The same store, which says so.
pub(crate) struct Modest;

impl Fixture for Modest {
    fn name(&self) -> &str {
        "modest"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        Frozen.open().await
    }

    fn claims(&self) -> Claims {
        let claims = Claims::everything().except(&rules::LOAD_1, "its clock stands still");
        claims.without(Means::Corruption, "its records are values")
    }
}

/// Nothing is there, for this reason.
pub(crate) struct Absent(pub(crate) &'static str);

impl Fixture for Absent {
    fn name(&self) -> &str {
        "absent"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        Err(OpenError::absent(self.0))
    }
}

/// Opening fails and tells a secret.
pub(crate) struct Failing;

impl Fixture for Failing {
    fn name(&self) -> &str {
        "failing"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        Err("no way to mysql://root:secret@db:3306/shop".into())
    }
}

/// Opening panics.
pub(crate) struct Panicking;

impl Fixture for Panicking {
    fn name(&self) -> &str {
        "panicking"
    }

    #[allow(clippy::panic, reason = "it is what the test is about")]
    async fn open(&self) -> Result<Opened, OpenError> {
        panic!("there is no directory")
    }
}

/// Opening works twice, and then fails every third time.
#[derive(Default)]
pub(crate) struct Fickle(AtomicU32);

impl Fixture for Fickle {
    fn name(&self) -> &str {
        "fickle"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        match self.0.fetch_add(1, Ordering::Relaxed) % 3 {
            2 => Err("too many connections".into()),
            _ => Frozen.open().await,
        }
    }
}

/// Every operation hangs.
pub(crate) struct Hanging;

struct Hangs;

impl Adapter for Hangs {
    async fn forward(&self, _: Call<'_>) -> Result<Answer, StoreError> {
        std::future::pending().await
    }
}

impl Fixture for Hanging {
    fn name(&self) -> &str {
        "hanging"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        Ok(Opened::nonblocking(Hangs))
    }
}

/// Opening hangs, and not in a way that a runtime sees.
pub(crate) struct Unopenable;

impl Fixture for Unopenable {
    fn name(&self) -> &str {
        "unopenable"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        loop {
            thread::sleep(Duration::from_secs(3600));
        }
    }
}
