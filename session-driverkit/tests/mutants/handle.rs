use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use session_core::{
    OpenSession, SessionError, Visit,
    exchange::{drop_refused, fresh, head_sent, needs_save},
};
use session_driverkit::{Answer, act};

use crate::{
    answer::{Body, respond, text, write_head},
    ask::Ask,
    driver::Driver,
    failure::{failure, is_of_store},
    flaw::Flaw,
    guard::{self, Checks},
    slot::{Mine, Slot},
    socket,
};

/// Answers a request.
pub(crate) async fn handle(driver: Arc<Driver>, mut request: Request<Incoming>) -> Response<Body> {
    let upgrade = hyper::upgrade::on(&mut request);
    let (parts, body) = request.into_parts();
    let url = parts.uri.to_string();
    let ask = Ask::new(parts, &driver);
    let is_get = ask.method == http::Method::GET;
    if driver.is(Flaw::LogsCookies) {
        tracing::info!(headers = ?ask.parts.headers, "a request");
    }
    if ask.parts.uri.path() == "/plain" {
        return plain(&driver, &ask).await;
    }
    if ask.parts.uri.path() == "/forget" {
        return forget(&driver, &ask).await;
    }
    let page = driver.kept().pages.get(&url).cloned().filter(|_| is_get);
    if let Some((status, headers, body)) = page {
        let mut response = text(status.as_u16(), body);
        *response.headers_mut() = headers;
        return response;
    }
    let Some(body) = whole(&driver, body).await else { return text(400, "The body ended early.") };
    let response = protected(&driver, ask, body, upgrade).await;
    if is_get && (driver.is(Flaw::CachesPages) || driver.is(Flaw::CachesSetCookies)) {
        return cached(&driver, url, response).await;
    }
    if driver.is(Flaw::BuffersStreams) {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        return Response::from_parts(parts, text(200, body).into_body());
    }
    response
}

async fn whole(driver: &Driver, mut body: Incoming) -> Option<Bytes> {
    if driver.is(Flaw::PiecesAreLost) {
        return body.frame().await?.ok()?.into_data().ok();
    }
    Some(body.collect().await.ok()?.to_bytes())
}

async fn cached(driver: &Driver, url: String, response: Response<Body>) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    parts.headers.remove(header::TRANSFER_ENCODING);
    driver.kept().pages.insert(url, (parts.status, parts.headers.clone(), body.clone()));
    Response::from_parts(parts, text(200, body).into_body())
}

async fn plain(driver: &Driver, ask: &Ask) -> Response<Body> {
    let mut response = text(200, "hello");
    let public = HeaderValue::from_static("public, max-age=60");
    response.headers_mut().insert(header::CACHE_CONTROL, public);
    if driver.is(Flaw::LoadsUntouched) {
        let _ = open(driver, ask).await;
    }
    if driver.is(Flaw::MarksUntouched) {
        let session = fresh(driver.sessions.context(), &Visit::new(), driver.now());
        write_head(driver, ask, &session, &mut response);
    }
    response
}

/// Signs out of every session that the cookies name.
async fn forget(driver: &Driver, ask: &Ask) -> Response<Body> {
    let failed = |error: &SessionError| failure(driver, error, None);
    if driver.is(Flaw::ForgetsByLoading)
        && let Err(error) = open(driver, ask).await
    {
        return failed(&error);
    }
    if let Err(error) = driver.sessions.forget(&ask.visit(driver), driver.now()).await {
        return failed(&error);
    }
    let mut response = text(200, "signed out");
    let settings = &driver.sessions.context().config().cookie;
    if let Some(removal) = session_core::cookie::SetCookie::Remove.header(settings)
        && !driver.is(Flaw::ForgottenCookiesStay)
    {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(&removal).unwrap());
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn open(driver: &Driver, ask: &Ask) -> Result<OpenSession, SessionError> {
    let (sessions, visit) = (&driver.sessions, ask.visit(driver));
    let opened = sessions.open(&visit, driver.now()).await;
    let empty = || Ok(fresh(sessions.context(), &Visit::new(), driver.now()));
    match (opened, driver.flaw) {
        (Err(_), Flaw::LoadsAreRepeated) => sessions.open(&visit, driver.now()).await,
        (Err(SessionError::Store(_)), Flaw::OutageIsAnEmptySession) => empty(),
        (Err(SessionError::Record(_)), Flaw::UnreadableIsEmpty) => empty(),
        (Err(SessionError::Store(error)), flaw) if flaw != Flaw::LoadsAreDoubtful => {
            // Nothing was done, so it may be repeated.
            Err(error.with_applied(session_core::store::Applied::No).into())
        }
        (opened, _) => opened,
    }
}

/// Checks what must be checked, and lets the handler run.
async fn protected(
    driver: &Arc<Driver>,
    ask: Ask,
    body: Bytes,
    upgrade: hyper::upgrade::OnUpgrade,
) -> Response<Body> {
    let is_guarded = ["/guarded", "/socket"].contains(&ask.parts.uri.path());
    let checks = Checks::of(driver, &ask);
    let origin = || guard::origin(driver, &ask).filter(|_| is_guarded && checks.origin);
    if !driver.is(Flaw::OriginAfterTheLoad)
        && let Some(refusal) = origin()
    {
        return refusal;
    }
    if driver.is(Flaw::AsksTheStoreFirst) {
        let _ = driver.sessions.of("nobody", driver.now()).await;
    }
    let locked = if driver.is(Flaw::OneAtATime) { Some(driver.one.lock().await) } else { None };
    let session = match open(driver, &ask).await {
        Ok(session) => session,
        Err(error) => return unopened(driver, &ask, &error),
    };
    if let Some(refusal) = origin().filter(|_| driver.is(Flaw::OriginAfterTheLoad)) {
        return refusal;
    }
    if driver.is(Flaw::RefreshesFirst) {
        let _ = driver.sessions.check(&session, driver.now()).await;
    }
    if is_guarded && checks.token {
        if driver.is(Flaw::GuardLoadsForItself) {
            let _ = open(driver, &ask).await;
        }
        if let Some(mut refusal) = guard::token(driver, &ask, &session, &body) {
            if needs_save(&session, driver.now()) && !driver.is(Flaw::RefusalsAreNoUse) {
                let _ = driver.sessions.save(&session, driver.now()).await;
            }
            write_head(driver, &ask, &session, &mut refusal);
            return refusal;
        }
    }
    let body = if is_guarded { guard::left(driver, &ask, body) } else { body };
    let slot = Slot::new(Arc::clone(driver), session);
    let mut watched =
        Watched { abandon: Some(Arc::clone(&slot)), inner: Box::pin(run(Arc::clone(&slot), ask, body)) };
    let response = match driver.flaw {
        Flaw::CatchesPanics => match tokio::spawn(watched).await {
            Ok(response) => response,
            Err(_) => {
                let _ = slot.save().await;
                text(200, "")
            }
        },
        _ => (&mut watched).await,
    };
    drop(locked);
    if response.status() == 101 {
        tokio::spawn(socket::talk(slot, upgrade));
    }
    response
}

fn unopened(driver: &Driver, ask: &Ask, error: &SessionError) -> Response<Body> {
    let mut response = failure(driver, error, ask.cookie(driver.cookie()).as_deref());
    if driver.is(Flaw::OutageRemovesTheCookie) {
        let removal = format!("{}=; Max-Age=0; Path=/", driver.cookie());
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(&removal).unwrap());
    }
    response
}

/// A handler, and what happens if it does not come to its end. The slot is dropped first, to see whether a save was under way.
struct Watched {
    abandon: Option<Arc<Slot>>,
    inner: Pin<Box<dyn Future<Output = Response<Body>> + Send>>,
}

impl Future for Watched {
    type Output = Response<Body>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response<Body>> {
        let response = ready!(self.inner.as_mut().poll(context));
        self.abandon = None;
        Poll::Ready(response)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(slot) = self.abandon.take() {
            slot.abandon();
        }
    }
}

/// Runs the handler, and saves what it did.
async fn run(slot: Arc<Slot>, ask: Ask, body: Bytes) -> Response<Body> {
    let (mine, query) = (Mine(Arc::clone(&slot)), ask.parts.uri.query().unwrap_or_default().to_owned());
    if slot.is(Flaw::WritesEveryTime) || slot.is(Flaw::BeginsWithEveryVisit) && slot.session.is_new() {
        slot.session.set("seen", 1).unwrap();
    }
    if slot.is(Flaw::FormsBeginSessions) && query.contains("token") {
        slot.session.set("form", 1).unwrap();
    }
    let outcome = match slot.driver.flaw {
        Flaw::ChangesAreSavedAsTheyAreMade => {
            let mut work = Box::pin(act(&mine, &query, &body));
            loop {
                tokio::select! {
                    biased;
                    outcome = &mut work => break outcome,
                    () = tokio::time::sleep(Duration::from_millis(5)) => drop(slot.save().await),
                }
            }
        }
        _ => act(&mine, &query, &body).await,
    };
    finish(&slot, &ask, outcome).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Save,
    Discard,
    /// The store has failed just now.
    Leave,
}

fn judge(slot: &Slot, outcome: &Result<Answer<Mine>, SessionError>) -> Verdict {
    match outcome {
        Ok(answer) if answer.discards && !slot.is(Flaw::IgnoresTheMark) => Verdict::Discard,
        Ok(answer) => {
            let fails = answer.status >= 500 && !slot.is(Flaw::SavesServerErrors)
                || answer.status == 408 && !slot.is(Flaw::SavesTimeouts) && !slot.is(Flaw::SavesServerErrors);
            if fails { Verdict::Discard } else { Verdict::Save }
        }
        Err(_) if slot.is(Flaw::SavesFailures) => Verdict::Save,
        Err(error) if is_of_store(error) && !slot.is(Flaw::FailuresSaveTheUse) => Verdict::Leave,
        Err(_) => Verdict::Discard,
    }
}

async fn finish(slot: &Arc<Slot>, ask: &Ask, outcome: Result<Answer<Mine>, SessionError>) -> Response<Body> {
    let (driver, session) = (&slot.driver, &slot.session);
    let verdict = judge(slot, &outcome);
    let marked = outcome.as_ref().is_ok_and(|answer| answer.discards);
    let brought = ask.cookie(driver.cookie());
    let is_socket = ask.parts.uri.path() == "/socket";
    let mut response = match outcome {
        Ok(answer) if is_socket && answer.status == 200 => socket::switches(),
        Ok(answer) => respond(answer),
        Err(error) => failure(driver, &error, brought.as_deref()),
    };
    if slot.is(Flaw::RefusalsAreRemembered) && slot.refused.load(Ordering::SeqCst) {
        response = text(503, "A save has failed.");
    }
    if verdict != Verdict::Leave && !slot.is(Flaw::AnswersRefusalsAgain) {
        drop_refused(session);
    }
    if slot.is(Flaw::MarkIsReadAfterTheSave) && marked {
        let _ = slot.save().await;
    }
    if slot.is(Flaw::SavesFailuresLater) && verdict == Verdict::Discard {
        let late = Arc::clone(slot);
        tokio::spawn(async move { late.save().await });
        return response;
    }
    if verdict == Verdict::Discard {
        session.discard();
    }
    if slot.is(Flaw::FailuresAreNoUse) && verdict == Verdict::Discard {
        head_sent(session);
        write_head(driver, ask, session, &mut response);
        return response;
    }
    if slot.is(Flaw::TouchesAlways) {
        let _ = driver.sessions.refresh(session, driver.now()).await;
        session.set("seen", 1).unwrap();
    }
    if slot.is(Flaw::SavesAsItGoes) && verdict == Verdict::Save {
        let _ = slot.save().await;
        session.update("saves", |saves: &mut u32| *saves += 1).unwrap();
    }
    if verdict != Verdict::Leave && needs_save(session, driver.now()) {
        if let Some(late) = later(slot, &mut response) {
            return late;
        }
        if !(slot.is(Flaw::HandshakesAreNotSaved) && is_socket)
            && let Err(error) = slot.save().await
            && verdict == Verdict::Save
        {
            refuse(slot, &error, &mut response, brought.as_deref()).await;
        }
    }
    let sets = session_core::exchange::set_cookie(session) != session_core::cookie::SetCookie::Keep;
    if !slot.is(Flaw::HeadIsNotTold) && (sets || !slot.is(Flaw::HeadIsToldWithCookies)) {
        head_sent(session);
    }
    write_head(driver, ask, session, &mut response);
    if slot.is(Flaw::SavesAfterStreams) {
        response = response.map(|body| saving(body, Arc::clone(slot)));
    }
    response
}

/// Answers a save that failed.
async fn refuse(
    slot: &Arc<Slot>,
    error: &SessionError,
    response: &mut Response<Body>,
    brought: Option<&str>,
) {
    let driver = &slot.driver;
    match driver.flaw {
        Flaw::SaveFailuresAreLogged => {}
        Flaw::FullIsFine if matches!(error, SessionError::Full) => {}
        Flaw::GoneIsFine | Flaw::EndedIsFine if matches!(error, SessionError::Gone) => {}
        Flaw::EndedBeginsAnew if matches!(error, SessionError::Gone) => {
            let anew = fresh(driver.sessions.context(), &Visit::new(), driver.now());
            anew.set("name", "late").unwrap();
            let _ = driver.sessions.save(&anew, driver.now()).await;
        }
        Flaw::SaveFailuresAddAStatus => *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE,
        _ => *response = failure(driver, error, brought),
    }
    if driver.is(Flaw::FailuresSaveTheUse) {
        slot.session.discard();
        let _ = driver.sessions.refresh(&slot.session, driver.now()).await;
    }
}

/// The response of a driver that saves after it.
fn later(slot: &Arc<Slot>, response: &mut Response<Body>) -> Option<Response<Body>> {
    let late = Arc::clone(slot);
    match slot.driver.flaw {
        Flaw::SavesInTheBackground => {
            tokio::spawn(async move { late.save().await });
            Some(std::mem::replace(response, text(200, "")))
        }
        Flaw::SavesBehindTheBody | Flaw::SavesWhenStreamsEnd => {
            Some(std::mem::replace(response, text(200, "")).map(|body| saving(body, late)))
        }
        _ => None,
    }
}

/// The body, with a save at its end.
fn saving(body: Body, slot: Arc<Slot>) -> Body {
    let body = http_body_util::BodyStream::new(body);
    let end = futures_util::stream::once(async move {
        let _ = slot.save().await;
        Ok::<_, io::Error>(http_body::Frame::data(Bytes::new()))
    });
    http_body_util::StreamBody::new(futures_util::StreamExt::chain(body, end)).boxed_unsync()
}
