//! A user and a password that change while the program runs.

use std::{
    error::Error as _,
    fs,
    sync::{Arc, Mutex},
};

use session_core::store::{Applied, StoreErrorKind};
use session_net::Credentials;
use session_testservers::{Directory, proxy::Proxy};

use crate::{
    Database, Server as _,
    pair::{Pair, patient},
};

/// Both from a function, and both from files. `set_up` makes a user with this password, who may use the table, and `forget`
/// removes the first one.
pub fn credentials_change_while_the_program_runs<D: Database>(
    server: &D::Server,
    set_up: impl Fn(&str, &str),
    forget: impl Fn(),
) {
    set_up("one", "first");
    let proxy = Proxy::start(server.address()).unwrap();
    let (scheme, database) = (D::NAME, server.url().rsplit_once('/').unwrap().1.to_owned());
    let url = format!("{scheme}://{}/{database}", proxy.address());
    let current = Arc::new(Mutex::new(("one", "first")));
    let asked = Arc::clone(&current);
    let ask = Credentials::ask(move || {
        let (user, password) = *asked.lock().unwrap();
        Ok((Some(user.to_owned()), Some(password.to_owned())))
    });
    let directory = Directory::new().unwrap();
    let (user, password) = (directory.path().join("user"), directory.path().join("password"));
    fs::write(&user, "one\n").unwrap();
    fs::write(&password, "first\n").unwrap();
    let pairs = [
        Pair::<D::Dialect>::of(&patient(&url).credentials(ask)),
        Pair::on(&format!("{url}?user-file={}&password-file={}", user.display(), password.display())),
    ];
    for (number, pair) in (1..).zip(&pairs) {
        pair.works(number);
    }
    set_up("two", "second");
    *current.lock().unwrap() = ("two", "second");
    fs::write(&user, "two\n").unwrap();
    fs::write(&password, "second\n").unwrap();
    forget();
    proxy.cut();
    for (number, pair) in (11..).zip(&pairs) {
        pair.works(number);
    }
    // An application that has none says so, and nothing is sent.
    let none = Credentials::ask(|| Err("the vault is sealed".into()));
    for failed in Pair::<D::Dialect>::of(&patient(&url).credentials(none)).create(21) {
        let failed = failed.unwrap_err();
        assert_eq!(
            (failed.kind(), failed.applied()),
            (StoreErrorKind::Unavailable, Applied::No),
            "{failed:?}"
        );
        assert!(failed.source().unwrap().to_string().contains("the vault is sealed"));
    }
}
