use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use session_core::{OpenSession, SessionError, Timestamp, exchange::Saved};

use super::{Census, browser::Browser, driver::Driver, random::Random};

/// A browser of one owner that acts at random.
pub(super) struct Device {
    owner: usize,
    browser: Browser,
    random: Random,
    pub(super) census: Census,
}

impl Device {
    pub(super) fn new(owner: usize, random: Random) -> Self {
        Self { owner, browser: Browser::default(), random, census: Census::default() }
    }

    pub(super) async fn request(&mut self, driver: &Driver, known: &Known, now: Timestamp) {
        match self.visit(driver, known, now).await {
            Ok(()) => {}
            Err(SessionError::Gone | SessionError::Full | SessionError::Conflict { .. }) => {
                self.census.refused += 1;
            }
            Err(_) => self.census.failed += 1,
        }
    }

    async fn visit(&mut self, driver: &Driver, known: &Known, now: Timestamp) -> Result<(), SessionError> {
        let session = driver.open(&self.browser, now).await?;
        let before = self.browser.key();
        let count = self.act(&session)?;
        let settled = driver.save(&session, now).await?;
        *count(&mut self.census) += 1;
        self.browser.told(&driver.context().config().cookie.name, &settled.cookie);
        if settled.saved == Saved::Rotated || (before.is_some() && self.browser.key() != before) {
            self.census.rotations += 1;
        }
        if session.owner().is_some() {
            known.add(self.owner, &self.browser);
        }
        Ok(())
    }

    /// Acts at random. Returns the counter for what it did.
    fn act(&self, session: &OpenSession) -> Result<fn(&mut Census) -> &mut u64, SessionError> {
        match self.random.next() % 16 {
            0..4 => {
                session.login(name(self.owner))?;
                Ok(|census| &mut census.sign_ins)
            }
            4 => {
                session.logout()?;
                Ok(|census| &mut census.sign_outs)
            }
            5 => {
                session.destroy();
                Ok(|census| &mut census.sign_outs)
            }
            6 => {
                session.rotate()?;
                Ok(|census| &mut census.writes)
            }
            7..12 => {
                session.update("count", |count: &mut u64| *count += 1)?;
                Ok(|census| &mut census.writes)
            }
            _ => {
                session.get::<u64>("count")?;
                Ok(|census| &mut census.reads)
            }
        }
    }
}

pub(super) fn name(owner: usize) -> String {
    format!("owner {owner}")
}

/// The latest ids of the sessions of each owner.
pub(super) struct Known(Vec<Mutex<VecDeque<Browser>>>);

impl Known {
    /// The number of ids kept for an owner: several for each device.
    const MOST: usize = 12;

    pub(super) fn new(owners: usize) -> Self {
        Self((0..owners).map(|_| Mutex::default()).collect())
    }

    fn add(&self, owner: usize, browser: &Browser) {
        let Some(ids) = self.0.get(owner) else { return };
        let mut ids = ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.push_back(browser.clone());
        if ids.len() > Self::MOST {
            ids.pop_front();
        }
    }

    /// Ends all sessions of the owner and tries all ids from before.
    pub(super) async fn end_all(&self, driver: &Driver, owner: usize, census: &mut Census, now: Timestamp) {
        let Some(ids) = self.0.get(owner) else { return };
        let before: Vec<Browser> =
            ids.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
        match driver.end_all(&name(owner)).await {
            Ok(ended) => census.ended += ended,
            Err(_) => {
                census.failed += 1;
                return;
            }
        }
        census.revokes += 1;
        for browser in before {
            census.checked += 1;
            match driver.open(&browser, now).await {
                Ok(session) => census.survived += u64::from(session.owner().is_some()),
                Err(_) => census.failed += 1,
            }
        }
    }
}
