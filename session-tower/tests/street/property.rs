//! A session that is used at random intervals below its idle time, by whatever a browser does, is never lost and never
//! another's, for ten times its idle time or until its absolute end.

use std::time::Duration;

use proptest::{prelude::*, test_runner::TestRunner};

use crate::harness::{Browser, Site, Socket, days, seconds};

/// One use of a session.
#[derive(Debug, Clone, Copy)]
enum Use {
    Read,
    Write,
    Status(u16),
    Head,
    RefusedForm,
    Form,
    SocketSave,
    SocketRefresh,
    SocketWrite,
    LateResponse,
}

#[derive(Debug, Clone)]
struct Life {
    idle: Duration,
    absolute: u32,
    persistent: bool,
    rotates: bool,
    remembered: bool,
    /// For each round and browser: how much of the longest pause passes, in thousandths, and what it does then.
    rounds: Vec<[(u32, Use); BROWSERS]>,
}

const BROWSERS: usize = 3;
const OWNERS: [&str; BROWSERS] = ["ada", "bob", "eve"];

fn uses() -> impl Strategy<Value = Use> {
    prop_oneof![
        Just(Use::Read),
        Just(Use::Write),
        prop_oneof![Just(204), Just(304), Just(404), Just(500), Just(503)].prop_map(Use::Status),
        Just(Use::Head),
        Just(Use::RefusedForm),
        Just(Use::Form),
        Just(Use::SocketSave),
        Just(Use::SocketRefresh),
        Just(Use::SocketWrite),
        Just(Use::LateResponse),
    ]
}

fn lives() -> impl Strategy<Value = Life> {
    let idle = prop_oneof![Just(seconds(10)), Just(seconds(300)), Just(seconds(3600)), Just(days(14))];
    let pause = prop_oneof![1 => 20_u32..50, 3 => 20_u32..1000, 2 => 990_u32..1000];
    let round = proptest::array::uniform3((pause, uses()));
    let rounds = proptest::collection::vec(round, 10..60);
    (idle, 2_u32..30, any::<bool>(), any::<bool>(), any::<bool>(), rounds).prop_map(
        |(idle, absolute, persistent, rotates, remembered, rounds)| Life {
            idle,
            absolute,
            persistent,
            rotates,
            remembered,
            rounds,
        },
    )
}

/// A browser, with what it must find.
struct Visitor {
    browser: Browser,
    socket: Option<Socket>,
    owner: &'static str,
    n: u32,
    /// When the browser last had a response, and so a chance to get its cookie again.
    answered: Duration,
}

impl Visitor {
    async fn start(site: &Site, owner: &'static str, life: &Life) -> Self {
        let mut browser = site.browser();
        assert_eq!(browser.get(&format!("/sign-in/{owner}")).await.status, 200);
        if life.remembered {
            assert_eq!(browser.get("/remember").await.status, 200);
        }
        Self { answered: site.time.now(), browser, socket: None, owner, n: 0 }
    }

    /// Does it, and checks what can be seen without another use.
    async fn act(&mut self, what: Use, life: &Life) {
        let now = self.browser.time.now();
        // A socket cannot renew a persistent cookie, so the browser must be answered in time. And a response that is lost
        // with a new id in it looks like theft.
        let starves =
            (life.persistent || life.remembered) && now - self.answered + pause_limit(life) >= life.idle;
        let is_theft = life.rotates && matches!(what, Use::LateResponse);
        let what = if is_theft || starves && !answers(what) { Use::Read } else { what };
        // A socket looks more often than its session could expire, as `Session::ended` does.
        if self.socket.is_some() {
            assert_eq!(self.ask("check").await, "Ok(Alive)", "{life:?}");
        }
        match what {
            Use::Read => self.check(life).await,
            Use::Write => {
                let token = self.browser.get("/form").await.body;
                let page = self.browser.post("/write", &format!("_csrf={token}")).await;
                self.n += 1;
                assert_eq!((page.status, page.body), (200, self.n.to_string()), "{} {life:?}", self.owner);
            }
            Use::Status(status) => {
                assert_eq!(self.browser.get(&format!("/status/{status}")).await.status, status);
            }
            Use::Head => assert_eq!(self.browser.head("/who").await.status, 200),
            Use::RefusedForm => assert_eq!(self.browser.post("/write", "").await.status, 403),
            Use::Form => assert_eq!(self.browser.get("/form").await.status, 200),
            Use::SocketSave => drop(self.ask("save").await),
            Use::SocketRefresh => {
                let said = self.ask("refresh").await;
                assert_eq!(said, "Ok(Alive)", "{life:?}");
                let n = self.ask("n").await;
                assert_eq!(n, self.n.to_string(), "the socket sees what others wrote: {life:?}");
            }
            Use::SocketWrite => {
                self.ask("write").await;
                let saved = self.ask("save").await;
                assert!(saved.starts_with("Committed") || saved == "Rotated", "{saved} {life:?}");
                self.n += 1;
            }
            // A response that does not arrive: its request counts all the same.
            Use::LateResponse => drop(self.browser.clone().get("/write").await),
        }
        if matches!(what, Use::LateResponse) {
            self.n += 1;
        }
        if answers(what) {
            self.answered = now;
        }
    }

    async fn check(&mut self, life: &Life) {
        let who = self.browser.who().await;
        assert_eq!(who, format!("{} {}", self.owner, self.n), "at {:?} {life:?}", self.browser.time.now());
    }

    async fn ask(&mut self, command: &str) -> String {
        let socket = match &mut self.socket {
            Some(socket) => socket,
            None => self.socket.insert(self.browser.socket("/ws").await),
        };
        let said = socket.ask(command).await;
        assert!(!said.starts_with("error"), "{command}: {said}");
        said
    }
}

/// Whether the browser gets a response to it.
const fn answers(what: Use) -> bool {
    !matches!(what, Use::SocketSave | Use::SocketRefresh | Use::SocketWrite | Use::LateResponse)
}

/// The longest pause after which a session certainly lives: a use within `touch_after` of the last may not be noted.
fn pause_limit(life: &Life) -> Duration {
    life.idle * 9 / 10 - Duration::from_millis(1)
}

async fn live(life: &Life) {
    let site = Site::protected(|settings| {
        settings.idle = life.idle;
        settings.absolute = life.idle * life.absolute;
        settings.cookie.persistent = life.persistent;
        settings.rotate_after = life.rotates.then_some(life.idle * 3 / 2);
        settings.grace = life.idle / 10;
    })
    .await;
    let start = site.time.now();
    let end = start + if life.remembered { days(30) } else { life.idle * life.absolute };
    let mut visitors = Vec::new();
    for owner in OWNERS {
        visitors.push(Visitor::start(&site, owner, life).await);
    }
    let mut rounds = life.rounds.iter().cycle();
    while site.time.now() < start + life.idle * 10 {
        let round = rounds.next().unwrap();
        for (visitor, (pause, what)) in visitors.iter_mut().zip(round) {
            site.time.pass(pause_limit(life) * *pause / 1000 / u32::try_from(BROWSERS).unwrap() + seconds(0));
            site.time.pass(Duration::from_millis(1));
            if site.time.now() >= end {
                assert_eq!(visitor.browser.who().await, "nobody 0", "it lives beyond its end: {life:?}");
                return;
            }
            visitor.act(*what, life).await;
        }
    }
    for visitor in &mut visitors {
        visitor.check(life).await;
    }
}

#[test]
fn a_session_in_use_is_never_lost_and_never_anothers() {
    let config = ProptestConfig {
        cases: 64,
        failure_persistence: None,
        max_shrink_iters: 60,
        ..ProptestConfig::default()
    };
    let outcome = TestRunner::new(config).run(&lives(), |life| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(live(&life));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
