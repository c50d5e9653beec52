//! What differs where a pooler gives each transaction another connection of its own.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::fs;

use session_core::store::{BlockingStore, CreateOutcome};
use session_postgres::Schema;
use session_testservers::{PgBouncer, Postgres};
use support::pair::{Pair, key, patient, write};

/// A server, and PgBouncer that has one connection of its own for all of the store's, and opens no other.
fn narrow() -> (Postgres, PgBouncer) {
    let server = Postgres::builder().config("log_statement=all").start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let bouncer = PgBouncer::start(&server, &["default_pool_size=1"]).unwrap();
    (server, bouncer)
}

/// Each program gives out names on its own, so two have the same ones for different statements.
#[test]
fn the_names_of_another_programs_statements_do_no_harm() {
    let (server, bouncer) = narrow();
    let foreign =
        "DO $$ BEGIN FOR n IN 0..999 LOOP EXECUTE format('PREPARE s%s AS SELECT 1', n); END LOOP; END $$";
    bouncer.sql(foreign).unwrap();
    let pair = Pair::on(&bouncer.url());
    (1..4).for_each(|number| pair.works(number));
    let collided = || log(&server).contains("already exists");
    assert!(!collided());
    // The harm is there for those who do not look.
    let _ = Pair::on(&format!("{}?prepared=always", bouncer.url())).load(1);
    assert!(collided(), "this pooler keeps names apart, so the test shows nothing");
}

/// The settings of a session would be those of the next program that gets the connection.
#[test]
fn nothing_is_set_on_a_connection_that_others_share() {
    let (server, bouncer) = narrow();
    Pair::on(&bouncer.url()).works(1);
    assert_eq!(bouncer.sql("SHOW lock_timeout").unwrap(), "0\n");
    assert_eq!(bouncer.sql("SHOW jit").unwrap(), server.sql("SHOW jit").unwrap());
}

/// A socket of the file system has no ports to compare.
#[test]
fn a_socket_of_the_file_system_is_looked_at_as_closely() {
    let (server, bouncer) = narrow();
    for (directory, port, is_named) in [
        (server.directory(), server.address().port(), true),
        (bouncer.directory(), bouncer.address().port(), false),
    ] {
        let directory = directory.display().to_string().replace('/', "%2F");
        let before = named(&server);
        let pair =
            Pair::on(&format!("postgres://{}@{directory}:{port}/{}", Postgres::USER, Postgres::DATABASE));
        pair.works(u8::from(is_named));
        assert_eq!(named(&server) > before, is_named);
    }
}

/// How many times a prepared statement was executed.
fn named(server: &Postgres) -> usize {
    log(server).lines().filter(|line| line.contains("LOG:  execute s")).count()
}

fn log(server: &Postgres) -> String {
    fs::read_to_string(server.directory().join("server.log")).unwrap()
}

#[test]
fn an_owner_signs_in_through_a_pooler() {
    let (_server, bouncer) = narrow();
    let store = patient(&bouncer.url()).build_blocking().unwrap();
    let mut key = key(1);
    key.family = session_core::id::Family::from_bytes([0x81; 16]);
    let created = BlockingStore::create(&store, &key, write(1, b"x"), None).unwrap();
    assert_eq!(created, CreateOutcome::Created { evicted: Vec::new() });
    assert!(BlockingStore::load(&store, &key).unwrap().is_some());
}
