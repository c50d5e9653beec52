use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use session_core::{blocking::Sessions, store::Operation};

use crate::{
    Guard, KitStore, Setup,
    case::{Checked, Seen, check},
    client::{Browser, Page, Request},
    handler::Act,
};

/// A server that runs until the case ends.
#[derive(Debug)]
pub(crate) struct Site {
    setup: Setup,
    pub(crate) server: SocketAddr,
    pub(crate) patience: Duration,
    _guard: Guard,
}

impl Site {
    pub(super) const fn new(setup: Setup, server: SocketAddr, guard: Guard, patience: Duration) -> Self {
        Self { setup, server, patience, _guard: guard }
    }

    pub(crate) const fn store(&self) -> &KitStore {
        &self.setup.store
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.setup.time.pass(Duration::from_secs(seconds));
    }

    /// The name of the session's cookie.
    pub(crate) fn cookie(&self) -> &str {
        &self.setup.config.cookie.name
    }

    /// The name of the cookie of visitors' forms.
    pub(crate) fn form_cookie(&self) -> String {
        format!("{}-csrf", self.cookie())
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.server, self.patience)
    }

    pub(crate) fn send(&self, request: &Request) -> Checked<Page> {
        request.send(self.server, self.patience)
    }

    /// Sends each request when the last one is answered, over one connection.
    pub(crate) fn send_over_one_connection(&self, requests: &[Request]) -> Checked<Vec<Page>> {
        let Some((first, others)) = requests.split_first() else { return Ok(Vec::new()) };
        let mut connection = first.clone().keeping_alive().begin(self.server, self.patience)?;
        let mut pages = vec![connection.next_page()?];
        for request in others {
            connection.ask(&request.clone().keeping_alive())?;
            pages.push(connection.next_page()?);
        }
        Ok(pages)
    }

    /// A visitor with a session that says `name: Ada`.
    pub(crate) fn visitor(&self) -> Checked<Browser> {
        let mut browser = self.browser();
        browser.act(&Act::new().set("name", "Ada"))?.is(200)?.cookie(self.cookie())?;
        self.store().asked();
        Ok(browser)
    }

    /// A browser in which Ada is signed in.
    pub(crate) fn ada(&self) -> Checked<Browser> {
        self.signed_in("ada")
    }

    pub(crate) fn signed_in(&self, owner: &str) -> Checked<Browser> {
        let mut browser = self.browser();
        browser.act(&Act::new().login(owner))?.is(200)?.cookie(self.cookie())?;
        self.store().asked();
        Ok(browser)
    }

    /// The number of live sessions of an owner.
    pub(crate) fn sessions_of(&self, owner: &str) -> Checked<usize> {
        let sessions = Sessions::new(self.store().plain().clone(), self.setup.config.clone());
        let listed = sessions.of(owner, self.setup.time.now());
        listed.map(|listed| listed.len()).map_err(|error| Seen::Unable(error.to_string()))
    }

    /// The store was asked exactly this since the last time.
    pub(crate) fn was_asked(&self, when: &str, expected: &[Operation]) -> Checked {
        let asked = self.store().asked();
        check(asked == expected, || format!("{when}: the store was asked {asked:?} and not {expected:?}"))
    }

    /// Waits until this is so. Returns whether it is.
    pub(crate) fn until(&self, mut is_so: impl FnMut() -> Checked<bool>) -> Checked<bool> {
        let end = Instant::now() + self.patience;
        loop {
            if is_so()? {
                return Ok(true);
            }
            if Instant::now() > end {
                return Ok(false);
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}
