//! The sessions of owners, listed and ended from outside the application.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod support;

use std::{fs, sync::Arc, time::SystemTime};

use session_core::{SessionConfig, Visit, blocking::Sessions, store::BlockingStore};
use session_testservers::{MariaDb, RedisCluster, RedisServer};
use support::{assert_ok, mysql, program, redis, run, run_with_input};

const SECRET: &str = "a secret of the shop";

type AnyStore = Arc<dyn BlockingStore>;

/// An application that is signed in to by some owners, with a phone and a laptop each.
struct Shop(Sessions<AnyStore>);

impl Shop {
    fn new(store: AnyStore, secret: Option<&str>) -> Self {
        let config = SessionConfig::with(|settings| {
            settings.secrets = secret.iter().map(|text| (*text).into()).collect();
        });
        Self(Sessions::new(store, config.unwrap()))
    }

    fn sign_in(&self, owner: &str, label: &str) {
        let now = SystemTime::now().into();
        let session = self.0.open(&Visit::new(), now).unwrap();
        session.login(owner).unwrap();
        session.set_label(Some(label)).unwrap();
        self.0.save(&session, now).unwrap();
    }

    fn count(&self, owner: &str) -> usize {
        self.0.of(owner, SystemTime::now().into()).unwrap().len()
    }
}

/// Every server, with what the program needs to find the sessions there.
fn on_each_server(test: impl Fn(&str, AnyStore)) {
    let database = MariaDb::start().unwrap();
    let url = format!("{}?table=shop", database.url());
    assert_ok(&url, &["mysql", "--apply"]);
    test(&url, Arc::new(mysql(&url)));
    let server = RedisServer::start().unwrap();
    test(&server.url(), Arc::new(redis(&server.url(), "_alo_sess_")));
    let cluster = RedisCluster::start().unwrap();
    test(&cluster.url(), Arc::new(redis(&cluster.url(), "_alo_sess_")));
}

#[test]
fn an_owner_is_listed_and_ended_under_the_right_secret_only() {
    let directory = std::env::temp_dir().join(format!("session-setup-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let secret = directory.join("secret");
    fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let secret = secret.to_str().unwrap();
    on_each_server(|url, store| {
        let shop = Shop::new(store, Some(SECRET));
        shop.sign_in("ada", "her phone\u{1b}[2J");
        shop.sign_in("ada", "her laptop");
        shop.sign_in("bob", "his desk");

        let none = assert_ok(url, &["sessions", "ada"]);
        assert!(none.contains("no sessions of this owner") && none.contains("--secret-file"), "{none}");
        assert!(assert_ok(url, &["revoke", "ada"]).contains("no sessions of this owner"));
        assert_eq!(shop.count("ada"), 2);

        let listed = assert_ok(url, &["sessions", "ada", "--secret-file", secret]);
        assert_eq!(listed.lines().count(), 3, "{listed}");
        for text in ["her phone\\u{1b}[2J", "her laptop", "2 sessions", "signed in 20", "seen 20", "until 20"]
        {
            assert!(listed.contains(text), "{text}: {listed}");
        }
        assert!(!listed.contains('\u{1b}') && !listed.contains("his desk"));
        let json = run_with_input(url, &["sessions", "ada", "--json", "--secret-file", "-"], SECRET).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((json["sessions"].as_array().unwrap().len(), &json["ok"]), (2, &true.into()));
        assert_eq!(json["sessions"][0]["label"], "her laptop");
        // Nothing that opens or names a session is there.
        for id in shop.0.of("ada", SystemTime::now().into()).unwrap() {
            assert!(!listed.contains(&id.handle.to_hex()) && !json.to_string().contains(&id.handle.to_hex()));
        }

        assert_eq!(assert_ok(url, &["revoke", "ada", "--secret-file", secret]), "2 sessions ended\n");
        assert_eq!((shop.count("ada"), shop.count("bob")), (0, 1));
    });
    fs::remove_dir_all(directory).unwrap();
}

#[test]
fn the_secret_may_be_a_variable() {
    let server = RedisServer::start().unwrap();
    let shop = Shop::new(Arc::new(redis(&server.url(), "_alo_sess_")), Some(SECRET));
    shop.sign_in("ada", "her phone");
    let mut command = program();
    command.args(["revoke", "ada", &server.url()]).env("SESSION_SETUP_SECRET", SECRET);
    assert_eq!(command.output().unwrap().stdout, b"1 sessions ended\n");
    assert_eq!(shop.count("ada"), 0);
}

#[test]
fn all_owners_are_ended_when_it_is_confirmed() {
    on_each_server(|url, store| {
        // Nobody needs the secret for this.
        let shop = Shop::new(Arc::clone(&store), Some(SECRET));
        let owners: Vec<String> = (0..40).map(|number| format!("owner {number}")).collect();
        for owner in &owners {
            shop.sign_in(owner, "a phone");
            shop.sign_in(owner, "a laptop");
        }
        let now = SystemTime::now().into();
        let anonymous = shop.0.open(&Visit::new(), now).unwrap();
        anonymous.set("visits", 1).unwrap();
        let cookie = shop.0.save(&anonymous, now).unwrap().cookie;
        let cookie = cookie.header(&shop.0.context().config().cookie).unwrap().to_string();

        let refused = run(url, &["revoke", "--all"]);
        assert!(refused.code == Some(1) && refused.stderr.contains("nothing was ended"), "{refused:?}");
        assert_eq!(shop.count("owner 7"), 2);
        assert_eq!(assert_ok("", &["revoke", "--all", "--yes", url]), "80 sessions of 40 owners ended\n");
        assert!(owners.iter().all(|owner| shop.count(owner) == 0));
        let visit = Visit::new().cookie(cookie.split(';').next().unwrap().as_bytes());
        let visitor = shop.0.open(&visit, SystemTime::now().into()).unwrap();
        assert_eq!(visitor.get::<u32>("visits").unwrap(), Some(1), "who is not signed in goes on");
        shop.sign_in("owner 7", "a phone");
        assert_eq!(shop.count("owner 7"), 1, "whoever signs in again is in");
    });
}
