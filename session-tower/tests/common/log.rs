use std::{
    cell::RefCell,
    fmt::{Debug, Write as _},
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
thread_local! {
    static OWN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}
static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps every event of every level from now on.
pub fn capture() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Capture).unwrap());
}

/// From now on this must not be in the log.
pub fn keep_secret(secret: &str) {
    if secret.len() >= 16 {
        lock(&SECRETS).push(secret.to_owned());
    }
}

/// Fails if the log has a secret in it.
pub fn assert_discreet() {
    let lines = lock(&LINES);
    for secret in lock(&SECRETS).iter() {
        let told = lines.iter().find(|line| line.contains(secret));
        assert!(told.is_none(), "the log tells a secret: {told:?}");
    }
}

pub fn secrets() -> usize {
    lock(&SECRETS).len()
}

pub fn contains(text: &str) -> bool {
    lock(&LINES).iter().any(|line| line.contains(text))
}

/// The last line of this test with this text. A test runs in one thread.
pub fn last(text: &str) -> String {
    OWN.with_borrow(|lines| lines.iter().rev().find(|line| line.contains(text)).cloned().unwrap_or_default())
}

pub fn count(text: &str) -> usize {
    lock(&LINES).iter().filter(|line| line.contains(text)).count()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Capture;

impl Subscriber for Capture {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(String::from("span"));
        span.record(&mut line);
        lock(&LINES).push(line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        OWN.with_borrow_mut(|lines| lines.push(line.0.clone()));
        lock(&LINES).push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}
