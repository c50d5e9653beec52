use std::{
    thread,
    time::{Duration, Instant},
};

use session_core::{SessionError, store::Applied};
use tokio::time::timeout;

use super::{
    Progress,
    browser::Browser,
    driver::{Driver, now},
    random::Random,
    tally::Seen,
};

const COUNTER: &str = "count";
const MARK: &str = "whose";

/// A visitor of one session.
#[derive(Clone)]
pub(super) struct Visitor {
    browser: Browser,
    number: u64,
}

/// How a request ended.
enum Ending {
    Acknowledged,
    Refused,
    Unknown,
    Foreign,
}

impl Visitor {
    /// Creates a session that contains its own number.
    pub(super) async fn new(driver: &Driver, number: u64, owned: bool) -> Result<Self, SessionError> {
        let mut browser = Browser::default();
        let session = driver.open(&browser, now()).await?;
        session.set(MARK, number)?;
        session.set(COUNTER, 0_u64)?;
        if owned {
            session.login(format!("owner {number}"))?;
        }
        let settled = driver.save(&session, now()).await?;
        browser.told(&driver.context().config().cookie.name, &settled.cookie);
        Ok(Self { browser, number })
    }

    /// The counter, or `None` if the session is missing.
    pub(super) async fn count(&self, driver: &Driver) -> Result<Option<u64>, SessionError> {
        driver.open(&self.browser, now()).await?.get(COUNTER)
    }

    /// Counts up until the load has ended. `cancel` limits the time of each request.
    pub(super) async fn write(
        &self,
        driver: &Driver,
        progress: &Progress,
        cancel: Option<(Duration, &Random)>,
    ) -> Seen {
        let mut seen = Seen::default();
        while !progress.has_ended() {
            let start = Instant::now();
            let ending = match cancel {
                Some((most, random)) => {
                    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX).max(1);
                    let limit = Duration::from_micros(random.next() % micros);
                    timeout(limit, self.request(driver)).await.unwrap_or(Ending::Unknown)
                }
                None => self.request(driver).await,
            };
            seen.longest_request = seen.longest_request.max(start.elapsed());
            match ending {
                Ending::Acknowledged => seen.acknowledged += 1,
                Ending::Refused => seen.refused += 1,
                Ending::Unknown => seen.unknown += 1,
                Ending::Foreign => seen.foreign += 1,
            }
            progress.answered(matches!(ending, Ending::Acknowledged));
            if matches!(ending, Ending::Refused) {
                // Leaves the processor to the other writers, which have their own threads.
                thread::sleep(Duration::from_millis(1));
            }
        }
        seen
    }

    async fn request(&self, driver: &Driver) -> Ending {
        self.increment(driver).await.unwrap_or_else(|error| match error {
            SessionError::Unknown => Ending::Unknown,
            SessionError::Store(error) if error.applied() == Applied::Unknown => Ending::Unknown,
            _ => Ending::Refused,
        })
    }

    async fn increment(&self, driver: &Driver) -> Result<Ending, SessionError> {
        let session = driver.open(&self.browser, now()).await?;
        let Some(mark) = session.get::<u64>(MARK)? else { return Ok(Ending::Refused) };
        if mark != self.number {
            return Ok(Ending::Foreign);
        }
        session.update(COUNTER, |count: &mut u64| *count += 1)?;
        driver.save(&session, now()).await?;
        Ok(Ending::Acknowledged)
    }
}
