use std::{error::Error, fmt, future::Future, time::Duration};

use crate::{Claims, Opened};

/// All that the kit has to know about a store: its name, how to open a fresh one, and what it does not claim.
///
/// ```no_run
/// use session_testkit::{Fixture, ModelStore, OpenError, Opened};
///
/// struct Mine;
///
/// impl Fixture for Mine {
///     fn name(&self) -> &str {
///         "mine"
///     }
///
///     async fn open(&self) -> Result<Opened, OpenError> {
///         let store = ModelStore::new();
///         let clock = store.clock();
///         Ok(Opened::both(store.clone(), store).with_clock(move |time| clock.pass(time)))
///     }
/// }
///
/// // The whole test file of a backend, with `harness = false` in its `[[test]]` section:
/// fn main() -> std::process::ExitCode {
///     session_testkit::main(Mine)
/// }
/// ```
pub trait Fixture: Send + Sync + 'static {
    /// The name of the store in reports.
    fn name(&self) -> &str;

    /// A fresh, empty store that shares nothing with any other. Called once for each case, several at a time.
    ///
    /// The future runs on a multi-threaded tokio runtime with I/O and time enabled.
    fn open(&self) -> impl Future<Output = Result<Opened, OpenError>> + Send;

    /// The smallest difference in time that the store keeps.
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    /// What the store claims to keep: everything, unless this says otherwise.
    fn claims(&self) -> Claims {
        Claims::everything()
    }
}

/// Why a fixture could not open a store.
///
/// Any error converts into a failure by `?`. A server that is not there is no failure but [`absent`](Self::absent).
///
/// ```
/// use session_testkit::OpenError;
///
/// fn url() -> Result<String, OpenError> {
///     std::env::var("MY_SERVER_URL").map_err(|_| OpenError::absent("MY_SERVER_URL is not set"))
/// }
/// # assert!(url().is_err());
/// ```
#[derive(Debug)]
pub struct OpenError(pub(crate) Reason);

#[derive(Debug)]
pub(crate) enum Reason {
    Absent(String),
    Failed(Box<dyn Error + Send + Sync>),
}

impl OpenError {
    /// What the store needs is not on this machine: its cases are reported as ignored, or as failed where
    /// `SESSION_TEST_REQUIRE` lists the name of the fixture.
    #[must_use]
    pub fn absent(reason: impl Into<String>) -> Self {
        Self(Reason::Absent(reason.into()))
    }

    /// Why it is [`absent`](Self::absent), if that is what it is: a test that is not part of the suite reports this
    /// as ignored too.
    #[must_use]
    pub fn absence(&self) -> Option<&str> {
        match &self.0 {
            Reason::Absent(reason) => Some(reason),
            Reason::Failed(_) => None,
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for OpenError {
    fn from(error: E) -> Self {
        Self(Reason::Failed(error.into()))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(reason) => f.write_str(reason),
            Self::Failed(error) => write!(f, "the fixture could not open a store: {error}"),
        }
    }
}
