//! A program that forks after it has used its store: parent and child never read each other's replies.

use std::{fs, process, thread};

use fork::Fork;
use session_core::store::{BlockingStore, CommitOutcome};

use crate::{
    Database, Server as _,
    pair::{key, patient, revision, write},
    start,
};

const LOADS: usize = 3000;

/// How many loads return the session that was asked for, another one, and an error.
fn load(store: &impl BlockingStore, number: u8) -> [usize; 3] {
    let mut counts = [0; 3];
    for _ in 0..LOADS {
        let kind = match BlockingStore::load(store, &key(number)) {
            Ok(Some(stored)) if *stored.data == [number; 100] => 0,
            Ok(_) => 1,
            Err(_) => 2,
        };
        *counts.get_mut(kind).unwrap() += 1;
    }
    counts
}

/// Neither while the child lives nor when it ends, whether it has used the store or not.
pub fn parent_and_child_never_share_a_connection<D: Database>() {
    let server = start::<D>(&[]);
    let store = patient::<D::Dialect>(&server.url()).build_blocking().unwrap();
    for number in [1, 2] {
        BlockingStore::create(&store, &key(number), write(1, &[number; 100]), None).unwrap();
    }
    thread::scope(|scope| {
        (0..8).for_each(|_| {
            scope.spawn(|| BlockingStore::load(&store, &key(1)).unwrap());
        });
    });
    let connections = || server.sql(D::CONNECTIONS);
    let (of_parent, report) = (connections(), server.directory().join("report"));
    // A child that never uses the store ends it without a word.
    match fork::fork().unwrap() {
        Fork::Child => {
            drop(store);
            process::exit(0);
        }
        Fork::Parent(child) => fork::waitpid(child).unwrap(),
    };
    let child = match fork::fork().unwrap() {
        Fork::Child => {
            let counts = load(&store, 2);
            let written = BlockingStore::commit(&store, &key(2), revision(1), write(2, b"child"));
            // Its destructors say goodbye to nobody but its own.
            drop(store);
            fs::write(&report, format!("{counts:?} {}", matches!(written, Ok(CommitOutcome::Written))))
                .unwrap();
            process::exit(0);
        }
        Fork::Parent(child) => child,
    };
    let counts = load(&store, 1);
    fork::waitpid(child).unwrap();
    assert_eq!(counts, [LOADS, 0, 0], "the parent: right, somebody else's, errors");
    assert_eq!(fs::read_to_string(&report).unwrap(), format!("[{LOADS}, 0, 0] true"), "the child");
    assert_eq!(load(&store, 1), [LOADS, 0, 0], "after the child's end");
    let now = connections();
    assert!(of_parent.lines().all(|id| now.lines().any(|other| other == id)), "{of_parent} became {now}");
}
