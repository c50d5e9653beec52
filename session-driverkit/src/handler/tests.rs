use std::rc::Rc;

use session_core::{
    Context, OpenSession, SessionConfig, SessionError, Timestamp, Visit,
    exchange::{Liveness, fresh},
};
use tokio::runtime::Builder;

use super::{Held, act, said};

/// A session that no other thread may have, as of a framework with one thread for each worker.
#[derive(Clone)]
struct Local(Rc<OpenSession>);

impl Held for Local {
    fn session(&self) -> &OpenSession {
        &self.0
    }

    async fn save(&self) -> Result<(), SessionError> {
        let _local = Rc::clone(&self.0);
        tokio::task::yield_now().await;
        Err(SessionError::Gone)
    }

    async fn refresh(&self) -> Result<Liveness, SessionError> {
        Ok(Liveness::Alive)
    }

    async fn consume(&self, _: &str, _: &str) -> Result<bool, SessionError> {
        Err(SessionError::Gone)
    }

    async fn end_others(&self) -> Result<u64, SessionError> {
        Err(SessionError::Gone)
    }

    async fn end_all(&self, _: &str) -> Result<u64, SessionError> {
        Err(SessionError::Gone)
    }
}

fn local() -> Local {
    let context = Context::new(SessionConfig::default());
    Local(Rc::new(fresh(&context, &Visit::new(), Timestamp::from_millis(0))))
}

#[test]
fn a_session_need_not_be_send() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let local = local();
    let answer =
        runtime.block_on(act(&local, "set=name:Ada&get=name&header=a:b:c&status=303&body", b"\0\xFF"));
    let answer = answer.unwrap();
    assert_eq!((answer.status, answer.said.as_slice()), (303, b"Ada \0\xFF".as_slice()));
    assert_eq!(answer.headers, [("a".to_owned(), "b:c".to_owned())]);
    assert_eq!(runtime.block_on(said(&local, "try-save&refresh&add=n&add=n")), "refused Alive 1 2");
}

#[test]
fn an_error_ends_the_handler() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let local = local();
    let answer = runtime.block_on(act(&local, "save&set=name:Ada", b""));
    assert!(matches!(answer, Err(SessionError::Gone)));
    assert!(!local.0.contains("name"));
    assert_eq!(runtime.block_on(said(&local, "demand&say=done")), "error SignInRequired(NotSignedIn)");
}

#[test]
fn what_is_behind_the_head_waits_for_the_body() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let local = local();
    let answer = runtime.block_on(act(&local, "say=begun&head&set=name:Ada&say=done", b"")).unwrap();
    assert!(!local.0.contains("name"));
    let pieces = runtime.block_on(futures_util::StreamExt::collect::<Vec<_>>(answer.into_stream()));
    let pieces: Vec<_> = pieces.into_iter().map(Result::unwrap).collect();
    assert_eq!(pieces, ["begun", "done"]);
    assert!(local.0.contains("name"));
}
