use tracing::{Instrument as _, Span, field::Empty};

use crate::store::{Adapter, Answer, BlockingAdapter, BlockingStore, Call, Operation, Store, StoreError};

/// A store each of whose calls is a `tracing` span, named and filled by the conventions of OpenTelemetry for databases.
///
/// The span is in that of the request, at the level `INFO` and under the target `alo_session::store`. What exports spans, such as
/// `tracing-opentelemetry`, needs to know nothing of sessions.
///
/// | field | value |
/// |---|---|
/// | `otel.name`, `otel.kind` | such as `load session`; `client` |
/// | `db.system.name` | the name given to [`new`](Self::new) |
/// | `db.operation.name` | the method of the store: `load`, `commit`, … |
/// | `server.address`, `server.port` | what was given to [`server`](Self::server) |
/// | `session.id` | the handle of the session, as in logs and never the id; none for a call about all sessions of an owner |
/// | `session.previous_id` | the handle that a rotation replaces |
/// | `outcome` | the answer: `found`, `absent`, `written`, `conflict`, … |
/// | `error.type`, `otel.status_code` | the kind of a failure; `ERROR` |
///
/// A call costs one comparison while no subscriber takes the spans. A store may be traced and metered, in either order.
///
/// ```
/// use alo_session::{MemoryStore, SessionConfig, driver::Sessions, observe::Traced};
///
/// let store = Traced::new(MemoryStore::new(), "redis").server("10.0.0.5", 6379);
/// let sessions = Sessions::new(store, SessionConfig::default());
/// ```
#[doc(alias("opentelemetry", "otel", "span", "tracing"))]
#[derive(Debug, Clone)]
pub struct Traced<S> {
    store: S,
    system: &'static str,
    server: Option<(String, u16)>,
}

impl<S> Traced<S> {
    /// Makes spans of the calls of this store. `system` is what the conventions call the database: `redis`, `mysql`, `mariadb`,
    /// `postgresql`, `sqlite`.
    #[must_use]
    pub const fn new(store: S, system: &'static str) -> Self {
        Self { store, system, server: None }
    }

    /// Adds the address of the server to the spans, by its name and not by what it was resolved to. Default: none.
    #[must_use]
    pub fn server(mut self, address: impl Into<String>, port: u16) -> Self {
        self.server = Some((address.into(), port));
        self
    }

    /// Returns the store.
    #[must_use]
    pub const fn store(&self) -> &S {
        &self.store
    }

    fn span(&self, call: &Call<'_>) -> Span {
        let operation = call.operation();
        let span = tracing::info_span!(
            target: "alo_session::store",
            "session store",
            otel.name = name(operation),
            otel.kind = "client",
            db.system.name = self.system,
            db.operation.name = operation.name(),
            server.address = Empty,
            server.port = Empty,
            session.id = Empty,
            session.previous_id = Empty,
            outcome = Empty,
            "error.type" = Empty,
            otel.status_code = Empty,
        );
        if !span.is_disabled() {
            self.describe(call, &span);
        }
        span
    }

    fn describe(&self, call: &Call<'_>, span: &Span) {
        if let Some((address, port)) = &self.server {
            span.record("server.address", &**address).record("server.port", port);
        }
        let key = match call {
            Call::Load { key }
            | Call::Create { key, .. }
            | Call::Commit { key, .. }
            | Call::Touch { key, .. }
            | Call::Delete { key, .. } => key,
            Call::Rotate { from, to, .. } => {
                span.record("session.previous_id", tracing::field::display(from.digest.handle()));
                to
            }
            Call::List { .. } | Call::Revoke { .. } | Call::Sweep { .. } => return,
        };
        span.record("session.id", tracing::field::display(key.digest.handle()));
    }
}

/// The name of a span says what is done, and never to which session.
const fn name(operation: Operation) -> &'static str {
    match operation {
        Operation::Load => "load session",
        Operation::Create => "create session",
        Operation::Commit => "commit session",
        Operation::Touch => "touch session",
        Operation::Rotate => "rotate session",
        Operation::Delete => "delete session",
        Operation::List => "list sessions",
        Operation::Revoke => "revoke sessions",
        Operation::Sweep => "sweep sessions",
    }
}

fn note(span: &Span, answer: &Result<Answer, StoreError>) {
    match answer {
        Ok(answer) => span.record("outcome", answer.label()),
        Err(error) => span.record("error.type", error.kind().label()).record("otel.status_code", "ERROR"),
    };
}

impl<S: Store> Adapter for Traced<S> {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let span = self.span(&call);
        if span.is_disabled() {
            return self.store.perform(call).await;
        }
        let answer = self.store.perform(call).instrument(span.clone()).await;
        note(&span, &answer);
        answer
    }
}

impl<S: BlockingStore> BlockingAdapter for Traced<S> {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let span = self.span(&call);
        let answer = span.in_scope(|| self.store.perform(call));
        note(&span, &answer);
        answer
    }
}
