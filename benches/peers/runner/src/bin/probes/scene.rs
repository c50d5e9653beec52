use std::{
    net::SocketAddr,
    thread::{self, JoinHandle},
    time::Duration,
};

use peer_runner::{Answer, Browser, Contender, Database, Site};

/// In how many processes the site runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Processes {
    One,
    Two,
}

/// A site with an empty store, in one process or in two that share it.
pub(crate) struct Scene {
    pub(crate) contender: &'static Contender,
    pub(crate) database: Database,
    processes: Processes,
    sites: Vec<Site>,
}

/// A pause that a handler makes, and one in the middle of it.
pub(crate) const PAUSE: u32 = 400;
pub(crate) const MIDDLE: Duration = Duration::from_millis(150);

impl Scene {
    pub(crate) const IDLE: Duration = Duration::from_secs(300);
    /// What `/read` answers to somebody who has the session of [`visitor`](Self::visitor).
    pub(crate) const KNOWN: &str = "420042 1700000000000";

    pub(crate) fn new(contender: &'static Contender, processes: Processes) -> Self {
        let database = Database::start_lasting(contender.kind);
        let mut scene = Self { contender, database, processes, sites: Vec::new() };
        scene.start(Self::IDLE);
        scene
    }

    /// Starts the processes anew, with an idle time.
    pub(crate) fn start(&mut self, idle: Duration) {
        let count = if self.processes == Processes::One { 1 } else { 2 };
        self.sites = (0..count).map(|_| Site::start(self.contender, &self.database, idle)).collect();
    }

    /// One process.
    pub(crate) fn here(&self) -> SocketAddr {
        self.sites.first().unwrap().address()
    }

    /// The other process, if there are two.
    pub(crate) fn there(&self) -> SocketAddr {
        self.sites.last().unwrap().address()
    }

    /// A browser with a session of six keys.
    pub(crate) fn visitor(&self) -> Browser {
        let mut browser = Browser::new(self.here());
        let answer = browser.get("/fill").unwrap();
        assert!(answer.is_ok(), "{}: {answer:?}", self.contender.title());
        assert!(knows(&browser, self.here()), "{}", self.contender.title());
        browser
    }
}

/// Whether these cookies open the session.
pub(crate) fn knows(browser: &Browser, site: SocketAddr) -> bool {
    browser.tab(site).get("/read").is_ok_and(|answer| answer.body == Scene::KNOWN)
}

/// The number at a key of the session.
pub(crate) fn has(browser: &Browser, site: SocketAddr, key: &str) -> bool {
    browser.tab(site).get(&format!("/value/{key}")).is_ok_and(|answer| answer.body == "1")
}

/// Another tab asks for a page; it is given back with what it was answered.
pub(crate) fn meanwhile(browser: &Browser, site: SocketAddr, path: String) -> JoinHandle<(Browser, u16)> {
    let mut tab = browser.tab(site);
    thread::spawn(move || {
        let status = tab.get(&path).map_or(0, |Answer { status, .. }| status);
        (tab, status)
    })
}
