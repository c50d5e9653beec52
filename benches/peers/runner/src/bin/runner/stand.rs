use std::{collections::BTreeMap, fs, path::PathBuf, thread, time::Duration};

use peer_runner::{Browser, Contender, Database, Site};

use crate::{
    work::Work,
    wrk::{self, Seen},
};

/// A contender that runs, with a database of its own and browsers that have sessions.
pub(crate) struct Stand {
    contender: Contender,
    site: Site,
    pub(crate) database: Database,
    directory: PathBuf,
    browsers: Vec<Browser>,
}

/// What one load showed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) rate: f64,
    pub(crate) median: f64,
    pub(crate) late: f64,
    /// Processor seconds for 100,000 requests.
    pub(crate) cpu: f64,
    pub(crate) database: f64,
    pub(crate) failed: u64,
}

impl Stand {
    const SESSIONS: usize = 1000;
    const IDLE: Duration = Duration::from_secs(3600);
    /// One after the other, to count what they ask of the database.
    const COUNTED: u64 = 200;

    pub(crate) fn start(contender: Contender, directory: PathBuf) -> Self {
        let database = Database::start(contender.kind);
        let site = Site::start(&contender, &database, Self::IDLE);
        fs::create_dir_all(&directory).unwrap();
        let mut stand = Self { contender, site, database, directory, browsers: Vec::new() };
        stand.browsers = (0..Self::SESSIONS).map(|_| stand.browser()).collect();
        let lines: Vec<_> = stand.browsers.iter().map(|browser| browser.cookies() + "\n").collect();
        fs::write(stand.cookies(true), lines.concat()).unwrap();
        fs::write(stand.cookies(false), "").unwrap();
        stand.check();
        stand
    }

    /// One with a session. Its connection is not needed any more.
    fn browser(&self) -> Browser {
        let mut browser = Browser::new(self.site.address());
        let answer = browser.get("/fill").unwrap();
        assert!(answer.is_ok(), "{}: {answer:?}", self.contender.title());
        browser.tab(self.site.address())
    }

    /// Whether the site does what is measured.
    fn check(&mut self) {
        let title = self.contender.title();
        let ask = |path| self.browsers.last().unwrap().tab(self.site.address()).get(path).unwrap().body;
        let (read, before, after) = (ask("/read"), ask("/increment"), ask("/increment"));
        if !self.contender.is_floor() {
            assert_eq!(read, "420042 1700000000000", "{title}");
            assert_eq!([before, after], ["1700000000001", "1700000000002"], "{title}");
        }
    }

    fn cookies(&self, some: bool) -> PathBuf {
        self.directory.join(if some { "cookies" } else { "none" })
    }

    pub(crate) fn measure(&self, work: Work, time: Duration) -> Sample {
        let load =
            |time| wrk::load(self.site.address(), work.path(), &self.cookies(work.has_cookies()), time);
        // Warm, and at rest again.
        let _ = load(Duration::from_secs(1));
        thread::sleep(Duration::from_millis(50));
        let before = (self.site.cpu(), self.database.cpu());
        let Seen { requests, failed, duration, median, late } = load(time);
        let each = |time: Duration| time.as_secs_f64() / requests as f64 * 100_000.0;
        Sample {
            rate: requests as f64 / duration.as_secs_f64(),
            median: median.as_secs_f64() * 1000.0,
            late: late.as_secs_f64() * 1000.0,
            cpu: each(self.site.cpu() - before.0),
            database: each(self.database.cpu() - before.1),
            failed,
        }
    }

    /// How often a request asks for what at the database.
    pub(crate) fn count(&self, work: Work) -> BTreeMap<String, f64> {
        let looked = self.database.commands();
        let before = self.database.commands();
        let mut browser = self.browsers.first().unwrap().tab(self.site.address());
        for _ in 0..Self::COUNTED {
            if !work.has_cookies() {
                browser.jar().clear();
            }
            assert!(browser.get(work.path()).unwrap().is_ok());
        }
        let after = self.database.commands();
        let of = |counts: &BTreeMap<String, u64>, name: &str| counts.get(name).copied().unwrap_or(0);
        let counts = after.iter().filter_map(|(name, &count)| {
            // Looking counts, too.
            let looking = of(&before, name) - of(&looked, name);
            let done = (count - of(&before, name)).saturating_sub(looking);
            (done >= Self::COUNTED / 100).then(|| (name.clone(), done as f64 / Self::COUNTED as f64))
        });
        counts.collect()
    }
}
