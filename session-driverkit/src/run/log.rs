use std::{
    fmt::{Debug, Write as _},
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// Everything that is logged while the suite runs, unless the program has a subscriber of its own.
pub(crate) struct Log;

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
static IS_CAPTURED: Mutex<bool> = Mutex::new(false);

impl Log {
    pub(crate) fn capture() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            *lock(&IS_CAPTURED) = tracing::subscriber::set_global_default(Capture).is_ok();
        });
    }

    /// Whether anything can be said about the log.
    pub(crate) fn is_captured() -> bool {
        *lock(&IS_CAPTURED)
    }

    /// The first line with this text.
    pub(crate) fn line_with(text: &str) -> Option<String> {
        lock(&LINES).iter().find(|line| line.contains(text)).cloned()
    }

    pub(crate) fn is_empty() -> bool {
        lock(&LINES).is_empty()
    }
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
        let mut line = Line(format!("span {}", span.metadata().name()));
        span.record(&mut line);
        lock(&LINES).push(line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("record".to_owned());
        values.record(&mut line);
        lock(&LINES).push(line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        lock(&LINES).push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}
