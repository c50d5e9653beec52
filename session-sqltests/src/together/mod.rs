//! What waits for a connection travels together, and each is answered for itself.

pub mod commits;
pub mod creates;
pub mod loads;

use std::time::{Duration, Instant};

use session_core::{id::StoreKey, store::Store};
use session_sql::nonblocking::SqlStore;
use tokio::{
    runtime,
    task::{JoinHandle, yield_now},
    time::{sleep, timeout},
};

use crate::{
    Database, Server as _,
    pair::{BOUND, key, patient, write},
    start,
};

/// One runtime on one thread, so that each step is seen; and a store with one connection, which it has.
struct Setting<D: Database> {
    server: D::Server,
    runtime: runtime::Runtime,
    store: SqlStore<D::Dialect>,
}

impl<D: Database> Setting<D> {
    fn new() -> Self {
        let server = start::<D>(D::COUNTING);
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let store = patient::<D::Dialect>(&server.url()).pool_size(1).build().unwrap();
        let setting = Self { server, runtime, store };
        (1..60).for_each(|number| setting.create(&key(number)));
        setting
    }

    /// The server waits for a lock for three seconds: long enough to release it meanwhile.
    fn with_long_locks(mut self) -> Self {
        let builder = patient::<D::Dialect>(&self.server.url()).pool_size(1).budget(BOUND);
        self.store = builder.response_timeout(Duration::from_secs(6)).build().unwrap();
        self
    }

    fn create(&self, key: &StoreKey) {
        let number = key.digest.as_bytes()[0];
        let data = [number; 100];
        self.runtime.block_on(Store::create(&self.store, key, write(number, &data), None)).unwrap();
    }

    /// Loads without an end as long as the server is frozen: the only connection is in use.
    fn load(&self, key: StoreKey) -> JoinHandle<Option<u8>> {
        let store = self.store.clone();
        self.runtime.spawn(async move {
            let loaded = Store::load(&store, &key).await.unwrap();
            loaded.map(|stored| {
                let number = *stored.data.first().unwrap();
                assert_eq!(*stored.data, [number; 100]);
                number
            })
        })
    }

    /// Has every task done what it can do.
    fn settle(&self) {
        self.runtime.block_on(async {
            for _ in 0..100 {
                yield_now().await;
            }
        });
    }

    /// Takes out whichever ends first: on a busy machine it is not always the first that waits.
    fn join_first<T>(&self, tasks: &mut Vec<JoinHandle<T>>) -> T {
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < BOUND, "none ends");
            if let Some(ended) = tasks.iter().position(JoinHandle::is_finished) {
                return self.join(tasks.remove(ended));
            }
            self.runtime.block_on(async { sleep(Duration::from_millis(1)).await });
        }
    }

    fn join<T>(&self, task: JoinHandle<T>) -> T {
        self.runtime.block_on(async { timeout(BOUND, task).await.unwrap().unwrap() })
    }
}

/// Those of a database that has a statement for several commits.
#[macro_export]
macro_rules! commits_together {
    ($database:ty) => {
        use $crate::together::commits;

        $crate::tests!(
            $database,
            commits: each_commit_is_answered_for_itself,
            a_commit_that_is_refused_disturbs_no_other,
            a_row_that_is_held_delays_no_other,
            what_is_no_short_commit_goes_alone,
            who_goes_away_takes_no_commit_along,
            a_failure_is_not_the_end_of_commits,
            commits_whose_answer_is_cut_off_are_made_once,
            commits_without_an_answer_are_not_told_that_nothing_was_changed,
            commits_that_were_made_and_written_over_are_unknown,
            no_commit_is_lost_when_many_come_and_go,
        );
    };
}

/// Those that every database has.
#[macro_export]
macro_rules! together {
    ($database:ty) => {
        use $crate::together::{creates, loads};

        $crate::tests!(
            $database,
            loads: each_load_is_answered_for_itself,
            who_goes_away_takes_nobody_along,
            who_is_not_polled_any_more_keeps_nobody,
            a_failure_is_not_the_end_of_those_that_travel_along,
            none_is_forgotten_when_many_come_and_go,
        );
        $crate::tests!(
            $database,
            creates: each_new_session_is_created_for_itself,
            none_is_asked_for_twice,
            a_key_that_is_taken_is_told_to_whom_it_concerns,
            what_is_no_short_insert_goes_alone,
            who_goes_away_takes_no_new_session_along,
            a_failure_is_not_the_end_of_new_sessions,
            new_sessions_whose_answer_is_cut_off_are_created_once,
            new_sessions_without_an_answer_are_not_told_that_nothing_was_changed,
            no_new_session_is_forgotten_when_many_come_and_go,
        );
    };
}
