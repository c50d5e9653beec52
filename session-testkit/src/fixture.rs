use std::{error::Error, fmt, future::Future, time::Duration};

use crate::{Claims, Network, Opened, limits::OPERATION_ENDED, testservers};

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
///         Ok(Opened::both(store.clone(), store).with_clock(move |time| clock.advance(time)))
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

    /// Opens a fresh store that reaches its server only through a proxy, with the time limits that its users get. The
    /// suite then disturbs the [`Network`] in between (FAULT-1 to FAULT-3).
    ///
    /// Without this method those rules are reported as ignored, which is right for a store that has no server.
    ///
    #[cfg_attr(feature = "testservers", doc = "```no_run")]
    #[cfg_attr(not(feature = "testservers"), doc = "```ignore")]
    /// # use session_testkit::{Fixture, ModelStore, Network, OpenError, Opened};
    /// # use session_testservers::proxy::Proxy;
    /// # struct Mine;
    /// # fn connect(_: &str) -> Result<ModelStore, std::io::Error> { Ok(ModelStore::new()) }
    /// # impl Fixture for Mine {
    /// #     fn name(&self) -> &str { "mine" }
    /// #     async fn open(&self) -> Result<Opened, OpenError> { Ok(Opened::blocking(ModelStore::new())) }
    /// async fn open_behind_proxy(&self) -> Result<(Opened, Box<dyn Network>), OpenError> {
    ///     let server: std::net::SocketAddr = "127.0.0.1:5432".parse()?;
    ///     let proxy = Proxy::start(server)?;
    ///     let store = connect(&format!("mine://{}", proxy.address()))?;
    ///     Ok((Opened::blocking(store), Box::new(proxy)))
    /// }
    /// # }
    /// ```
    fn open_behind_proxy(
        &self,
    ) -> impl Future<Output = Result<(Opened, Box<dyn Network>), OpenError>> + Send {
        async { Err(OpenError::no_proxy("it does not say how")) }
    }

    /// How long one operation of a store from [`open_behind_proxy`](Self::open_behind_proxy) may take at most,
    /// whatever its server does: the limit that the store documents, and room for a busy machine. 30 seconds by default.
    fn time_limit(&self) -> Duration {
        OPERATION_ENDED
    }

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
/// Any error converts into a failure by `?`, except for the absence of a server of `session_testservers`, which becomes
/// [`absent`](Self::absent) with the feature `testservers`.
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
    NoProxy(String),
    Failed(Box<dyn Error + Send + Sync>),
}

impl OpenError {
    /// What the store needs is not on this machine: its cases are reported as ignored, or as failed where
    /// `SESSION_TEST_REQUIRE` lists the name of the fixture.
    #[must_use]
    pub fn absent(reason: impl Into<String>) -> Self {
        Self(Reason::Absent(reason.into()))
    }

    /// The store cannot be opened behind a proxy, for this reason: the cases that need one are reported as ignored.
    #[must_use]
    pub fn no_proxy(reason: impl Into<String>) -> Self {
        Self(Reason::NoProxy(reason.into()))
    }

    /// Why it is [`absent`](Self::absent), if that is what it is: a test that is not part of the suite reports this
    /// as ignored too.
    #[must_use]
    pub fn absence(&self) -> Option<&str> {
        match &self.0 {
            Reason::Absent(reason) => Some(reason),
            Reason::NoProxy(_) | Reason::Failed(_) => None,
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
        let error = error.into();
        Self(testservers::absence(&*error).map_or(Reason::Failed(error), Reason::Absent))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(reason) => f.write_str(reason),
            Self::NoProxy(reason) => {
                write!(
                    f,
                    "the fixture opens no store behind a proxy (`Fixture::open_behind_proxy`): {reason}"
                )
            }
            Self::Failed(error) => write!(f, "the fixture could not open a store: {error}"),
        }
    }
}
