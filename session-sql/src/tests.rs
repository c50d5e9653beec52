//! With a dialect that is none.

use std::time::Duration;

use session_core::{
    exchange::{Answer, Call},
    id::{Family, StoreKey},
    store::{Applied, Revision, StoreErrorKind},
};

use session_net::UrlLogin;

use crate::{
    BuildError, Class, Dialect, ErrorKind, Limit, LimitSettings, Meaning, Refusal, Reply, ServerAddress,
    StatementKind, StoreOptions, Table, UrlSettings, complete,
    fuzzing::{Puppet, Say},
};

#[derive(Debug, Clone, Copy)]
struct Plain;

impl Dialect for Plain {
    const CRATE: &'static str = "session-plain";
    const STORE: &'static str = "PlainStore";
    const TEXTS: &'static [(&'static [StatementKind], &'static str)] = &[
        (&[StatementKind::LockOwner], "LOCK"),
        (&[StatementKind::CountDevices], "COUNT"),
        (&[StatementKind::Devices], "DEVICES"),
        (&[StatementKind::RaiseMark], "RAISE"),
    ];
    const PARTS: &'static [(&'static str, &'static str)] =
        &[("{head}", "SELECT ? FROM {table} WHERE {key}"), ("{key}", "key=? AND mark<{mark}")];
    const NUMBERS_PLACES: bool = true;
    const QUOTE: char = '"';
    const ERROR_ENDS_TRANSACTION: bool = true;

    fn parse(_: &str) -> Result<UrlSettings, BuildError> {
        let server = ServerAddress {
            host: String::new(),
            port: 0,
            socket: None,
            database: None,
            parameters: Vec::new(),
        };
        let login = UrlLogin::default();
        Ok(UrlSettings { server, login, table: None, tls: None, limits: LimitSettings::default() })
    }

    const SCHEMA_VERSION: u32 = 1;

    fn create_table(_: &Table) -> String {
        "CREATE".to_owned()
    }

    fn account(account: &str) -> String {
        account.to_owned()
    }

    fn meaning(refusal: &Refusal) -> Meaning {
        match &refusal.state {
            b"57014" => Meaning::of(Class::OutOfTime, StoreErrorKind::Timeout, Applied::No),
            b"42P01" => Meaning::of(Class::MissingTable, StoreErrorKind::Unsupported, Applied::No),
            _ => Meaning::answer(StoreErrorKind::Denied, Applied::No),
        }
    }

    fn advice(_: &ErrorKind, _: &StoreOptions) -> Option<String> {
        None
    }
}

fn refused(state: &'static str) -> Say {
    Box::new(move |_| Err(ErrorKind::refused::<Plain>(None, state, "no".to_owned())))
}

#[test]
fn a_table_that_cannot_be_made_does_not_hide_a_lost_write() {
    let lost: Say = Box::new(|_| Err(ErrorKind::Timeout(Limit::Response)));
    let touch =
        Call::Touch { key: StoreKey::default(), expected: Revision::default(), ttl: Duration::from_secs(1) };
    let failure = |said| {
        let (answer, _) = Puppet::<Plain>::new("", true).unwrap().perform(&touch, said);
        let error = answer.unwrap_err();
        (error.kind(), error.applied())
    };
    // There is no such table, and to make one is denied.
    let denied = failure(vec![refused("42P01"), refused("42501")]);
    assert_eq!(denied, (StoreErrorKind::Denied, Applied::No));
    let unknown = failure(vec![lost, refused("42P01"), refused("42501")]);
    assert_eq!(unknown, (StoreErrorKind::Timeout, Applied::Unknown));
}

/// The error has ended the transaction, and with it the lock.
#[test]
fn a_revoke_that_cannot_count_in_time_locks_again_and_ends_all_the_same() {
    let changed = || -> Say { Box::new(|_| Ok(Reply::Changed(1))) };
    let none: Say = Box::new(|_| Ok(Reply::Rows(Vec::new())));
    let said = vec![
        changed(),
        changed(),
        refused("57014"),
        changed(),
        changed(),
        changed(),
        none,
        changed(),
        changed(),
    ];
    let revoke = Call::Revoke { family: Family::from_bytes([0x81; 16]), keep: None };
    let (answer, sent) = Puppet::<Plain>::new("", false).unwrap().perform(&revoke, said);
    assert!(matches!(answer, Ok(Answer::Revoke(0))), "{answer:?}");
    let texts: Vec<&str> = sent.iter().map(|sent| sent.text.as_str()).take(9).collect();
    let expected = ["BEGIN", "LOCK", "COUNT", "ROLLBACK", "BEGIN", "LOCK", "DEVICES", "RAISE", "COMMIT"];
    assert_eq!(texts, expected);
}

#[test]
fn a_text_is_completed_part_by_part() {
    let table = Table::new("shop.select").unwrap();
    assert_eq!(
        complete::<Plain>("{head}", &table),
        "SELECT $1 FROM \"shop\".\"select\" WHERE key=$2 AND mark<34646400000"
    );
    assert_eq!(complete::<Plain>("{2*(?,?::a)} AND $1<$3;", &table), "($1,$2::a),($3,$4::a) AND $1<$3;");
}
