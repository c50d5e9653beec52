use alo_session::{Key, LazySession, Session};
use tonic::{Request, Response, Status};

use crate::{Empty, Name, Visits, generated::counter_server, status::status};

const VISITS: Key<u32> = Key::new("visits");

/// Counts the visits of its callers.
#[derive(Debug, Clone, Copy)]
pub struct Counter;

#[tonic::async_trait]
impl counter_server::Counter for Counter {
    async fn visit(&self, request: Request<Empty>) -> Result<Response<Visits>, Status> {
        let session = session(&request).await?;
        count(&session)?;
        answer(&session)
    }

    /// Signs a user in, whose password a real service checks first.
    async fn sign_in(&self, request: Request<Name>) -> Result<Response<Visits>, Status> {
        let session = session(&request).await?;
        session.login(request.into_inner().name).map_err(status)?;
        answer(&session)
    }

    /// Tells a caller who is signed in, and nobody else, what the session holds.
    async fn account(&self, request: Request<Empty>) -> Result<Response<Visits>, Status> {
        let session = session(&request).await?;
        session.require_owner().map_err(status)?;
        answer(&session)
    }

    /// Counts a visit, and fails then: the visit does not count.
    async fn fail(&self, request: Request<Empty>) -> Result<Response<Visits>, Status> {
        let session = session(&request).await?;
        count(&session)?;
        Err(Status::failed_precondition("not today"))
    }
}

async fn session<T>(request: &Request<T>) -> Result<Session, Status> {
    let session = request.extensions().get::<LazySession>();
    let session = session.ok_or_else(|| Status::internal("there is no session layer"))?;
    session.load().await.map_err(status)
}

fn count(session: &Session) -> Result<(), Status> {
    session.update(VISITS, |visits| *visits += 1).map_err(status)
}

fn answer(session: &Session) -> Result<Response<Visits>, Status> {
    let count = session.get_or_default(VISITS).map_err(status)?;
    Ok(Response::new(Visits { count, user: session.owner() }))
}
