use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use http::{HeaderValue, header::GetAll};
use session_core::Timestamp;
use session_testservers::jar::{Jar, Trip};

use super::{Clock, seen::CookieChange};

/// The cookies of one browser, by the time of its site.
pub(crate) struct Cookies {
    jar: Mutex<Jar>,
    /// `None` for the time of the system.
    clock: Option<Clock>,
}

impl Cookies {
    pub(crate) fn new(clock: Option<Clock>) -> Self {
        Self { jar: Mutex::default(), clock }
    }

    pub(crate) fn copy(&self) -> Self {
        Self { jar: Mutex::new(self.jar().clone()), clock: self.clock.clone() }
    }

    /// The value of `Cookie` for a request.
    pub(crate) fn header(&self, trip: &Trip) -> Option<String> {
        self.jar().header(trip, self.time())
    }

    pub(crate) fn value(&self, name: &str, trip: &Trip) -> Option<String> {
        let jar = self.jar();
        let mut cookies = jar.matching(trip, self.time()).into_iter();
        cookies.find(|cookie| cookie.name == name).map(|cookie| cookie.value.clone())
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.jar().cookies(self.time()).map(|cookie| cookie.name.clone()).collect()
    }

    /// Drops those without a lifetime.
    pub(crate) fn close(&self) {
        self.jar().close();
    }

    /// Obeys a `Set-Cookie` header, if a browser would.
    pub(crate) fn keep(&self, header: &str, trip: &Trip) -> bool {
        self.jar().keep(header, trip, self.time())
    }

    /// Obeys the cookies of a response, and returns what became of the one with this name.
    pub(crate) fn keep_all(
        &self,
        all: GetAll<'_, HeaderValue>,
        trip: &Trip,
        name: Option<&str>,
    ) -> Option<CookieChange> {
        let mut change = None;
        for header in all.iter().filter_map(|header| header.to_str().ok()) {
            let is_obeyed = self.keep(header, trip);
            if header.split_once('=').map(|(own, _)| own) == name {
                let ages = || header.to_ascii_lowercase();
                change = Some(match is_obeyed {
                    false => CookieChange::Refused,
                    true if ages().contains("; max-age=0") => CookieChange::Removed,
                    true => CookieChange::Set { lasting: ages().contains("; max-age=") },
                });
            }
        }
        change
    }

    /// Replaces the values of all cookies in a text. Those that are no secrets by their length stay.
    pub(crate) fn hide(&self, text: &str) -> String {
        let jar = self.jar();
        let secrets = jar.cookies(self.time()).filter(|cookie| cookie.value.len() > 8);
        secrets.fold(text.to_owned(), |text, cookie| text.replace(&cookie.value, "[cookie]"))
    }

    fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn time(&self) -> Duration {
        let now = self.clock.as_ref().map_or_else(|| SystemTime::now().into(), Clock::now);
        now.since(Timestamp::from_millis(0))
    }
}
