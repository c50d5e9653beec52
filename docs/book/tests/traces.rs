//! Each call of a store is a span in that of its request, with the fields of OpenTelemetry's conventions and no id.
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use alo_session::{
    MemoryStore, SessionConfig, Timestamp, Visit, blocking::Sessions as BlockingSessions, driver::Sessions,
    observe::Traced, store::BlockingStore,
};
use session_testing::{Fault, Faulty, Schedule};
use tracing::{Instrument as _, Subscriber, field::Field, span};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt as _},
    registry::LookupSpan,
};

type Fields = BTreeMap<String, String>;

/// The spans of the stores, in the order in which they began.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<(span::Id, Fields)>>>);

struct Visitor<'a>(&'a mut Fields);

impl tracing::field::Visit for Visitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        if attributes.metadata().target() != "alo_session::store" {
            return;
        }
        let mut fields = Fields::new();
        attributes.record(&mut Visitor(&mut fields));
        let parent = context.span(id).and_then(|span| Some(span.parent()?.name()));
        fields.insert("parent".to_owned(), parent.unwrap_or("none").to_owned());
        self.0.lock().expect("a lock").push((id.clone(), fields));
    }

    fn on_record(&self, id: &span::Id, record: &span::Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().expect("a lock");
        if let Some((_, fields)) = spans.iter_mut().rfind(|(known, _)| known == id) {
            record.record(&mut Visitor(fields));
        }
    }
}

impl Spans {
    fn take(&self) -> Vec<Fields> {
        std::mem::take(&mut *self.0.lock().expect("a lock")).into_iter().map(|(_, fields)| fields).collect()
    }
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    let common = [
        ("otel.kind", "client"),
        ("db.system.name", "redis"),
        ("server.address", "10.0.0.5"),
        ("server.port", "6379"),
    ];
    common.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn store(schedule: &Schedule) -> Traced<impl BlockingStore + alo_session::store::Store + use<>> {
    Traced::new(Faulty::new(MemoryStore::new(), schedule.clone()), "redis").server("10.0.0.5", 6379)
}

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

#[tokio::test]
async fn a_call_is_a_span_of_its_request() {
    let spans = Spans::default();
    let _default = tracing::subscriber::set_default(Registry::default().with(spans.clone()));
    let schedule = Schedule::new([]);
    let sessions = Sessions::new(store(&schedule), SessionConfig::default());
    let id = async {
        let session = sessions.open(&Visit::new(), NOW).await.expect("a session");
        session.set("cart", "mug").expect("a value");
        sessions.save(&session, NOW).await.expect("a save");
        let first = session.id_handle().expect("a stored session").to_string();
        session.login("ada").expect("a sign-in");
        sessions.save(&session, NOW).await.expect("a sign-in");
        let second = session.id_handle().expect("a stored session").to_string();
        schedule.down();
        session.set("cart", "cup").expect("a value");
        sessions.save(&session, NOW).await.expect_err("the store is down");
        [first, second]
    };
    let [first, second] = id.instrument(tracing::info_span!("request")).await;

    let seen = spans.take();
    let of = |operation: &str| {
        seen.iter().filter(|span| span["db.operation.name"] == operation).cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        of("create")[0],
        fields(&[
            ("otel.name", "create session"),
            ("db.operation.name", "create"),
            ("session.id", &first),
            ("outcome", "created"),
            ("parent", "request"),
        ])
    );
    assert_eq!(
        of("create")[1]["session.id"],
        second,
        "an owner's session is in another family, so it is made anew"
    );
    assert_eq!(
        of("commit")[0],
        fields(&[
            ("otel.name", "commit session"),
            ("db.operation.name", "commit"),
            ("session.id", &second),
            ("parent", "request"),
            ("error.type", "unavailable"),
            ("otel.status_code", "ERROR"),
        ])
    );
    // A handle has eight digits. Nothing else is as long as a digest or an id.
    assert!(seen.iter().flatten().all(|(_, value)| value.len() < 20), "{seen:?}");
}

#[test]
fn a_rotation_names_both_handles_and_a_list_none() {
    let spans = Spans::default();
    let _default = tracing::subscriber::set_default(Registry::default().with(spans.clone()));
    let sessions = BlockingSessions::new(store(&Schedule::new([])), SessionConfig::default());
    let session = sessions.open(&Visit::new(), NOW).expect("a session");
    session.login("ada").expect("a sign-in");
    sessions.save(&session, NOW).expect("a save");
    let before = session.id_handle().expect("a stored session").to_string();
    session.rotate().expect("a new id");
    sessions.save(&session, NOW).expect("a save");
    let after = session.id_handle().expect("a stored session").to_string();
    sessions.of("ada", NOW).expect("a list");

    let seen = spans.take();
    let rotation = seen.iter().find(|span| span["db.operation.name"] == "rotate").expect("a rotation");
    assert_eq!((&rotation["session.previous_id"], &rotation["session.id"]), (&before, &after));
    let list = seen.iter().find(|span| span["db.operation.name"] == "list").expect("a list");
    assert_eq!(
        list,
        &fields(&[
            ("otel.name", "list sessions"),
            ("db.operation.name", "list"),
            ("outcome", "listed"),
            ("parent", "none")
        ])
    );
}

#[test]
fn a_failure_of_a_blocking_store_is_told() {
    let spans = Spans::default();
    let _default = tracing::subscriber::set_default(Registry::default().with(spans.clone()));
    let sessions =
        BlockingSessions::new(store(&Schedule::new([Fault::FailBefore])), SessionConfig::default());
    let session = sessions.open(&Visit::new(), NOW).expect("a session");
    session.set("cart", "mug").expect("a value");
    let _saved = sessions.save(&session, NOW);
    assert_eq!(spans.take()[0]["otel.status_code"], "ERROR");
}
