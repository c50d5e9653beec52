//! What responses say, and what a session can do beside being saved with one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Form, Router,
    body::{Body, Bytes},
    extract::Path,
    http::{Request, Response},
    response::IntoResponse,
    routing::{get, post},
};
use common::{Browser, ProbeStore, log};
use session_core::{
    SessionConfig, SessionError, Timestamp, ValueError,
    id::{SessionHandle, SessionId},
    session::SignInRequired,
    store::{Applied, Page, StoreError, StoreErrorKind},
};
use session_tower::{
    AnyError, CachePolicy, CsrfError, FailureCause, OwnerSessions, Session, SessionFailure, SessionLayer,
};
use tower::ServiceExt as _;

type Answer = Result<String, SessionFailure>;

#[tokio::test]
async fn cache_control_follows_the_policy() {
    for (policy, expected) in [
        (CachePolicy::NoStore, "no-store"),
        (CachePolicy::Private, "private"),
        (CachePolicy::Leave, "public, max-age=60"),
    ] {
        let store = ProbeStore::default();
        let app = Router::new()
            .route("/read", get(async |_: Session| [("cache-control", "public, max-age=60")]))
            .route("/untouched", get(async || [("cache-control", "public, max-age=60")]))
            .layer(SessionLayer::new(store, SessionConfig::default()).cache(policy));
        let mut ada = Browser::new(&app);
        let page = ada.get("/read").await;
        assert_eq!((page.header("cache-control"), page.header("vary")), (expected.into(), "cookie".into()));
        let page = ada.get("/untouched").await;
        assert_eq!(
            (page.header("cache-control").as_str(), page.header("vary")),
            ("public, max-age=60", String::new())
        );
    }
}

#[tokio::test]
async fn every_error_has_its_status() {
    let key = || "name".to_owned();
    let store = |applied| StoreError::new(StoreErrorKind::Timeout, applied);
    let failures: [(SessionError, u16); 19] = [
        (SessionError::Gone, 409),
        (SessionError::Conflict { attempts: 3 }, 409),
        (SessionError::Full, 409),
        (SessionError::Unknown, 503),
        (store(Applied::Unknown).into(), 503),
        (store(Applied::No).into(), 503),
        (SessionError::Mismatched, 500),
        (SessionError::TokenSpent, 409),
        (SessionError::Refused { key: key() }, 409),
        (SignInRequired::NotSignedIn.into(), 401),
        (SignInRequired::Level.into(), 403),
        (ValueError::TooLarge { size: 2, limit: 1, largest: key() }.into(), 413),
        (ValueError::TooManyKeys { limit: 1 }.into(), 413),
        (ValueError::Reserved { key: key() }.into(), 500),
        (ValueError::Key { limit: 1, found: 0 }.into(), 500),
        (ValueError::Owner { limit: 1, found: 0 }.into(), 400),
        (ValueError::Label { limit: 1, found: 2 }.into(), 400),
        (session_core::RecordError::Format { found: 9 }.into(), 500),
        (session_core::id::EntropyError::new("no source").into(), 503),
    ];
    for (error, status) in failures {
        let told = error.to_string();
        let response = SessionFailure::from(error).into_response();
        assert_eq!(response.status().as_u16(), status, "{told}");
        // A program that repeats the request by itself must not make a change twice.
        let repeatable = told.contains("no answer in time") && !told.contains("may have been applied")
            || told.contains("entropy");
        assert_eq!(response.headers().contains_key("retry-after"), repeatable, "{told}");
    }
    log::capture();
    let secret = "the visitor's own words";
    let error = ValueError::Decode { key: key(), expected: "u32", reason: secret.into() };
    let response: Response<Body> = SessionFailure::from(SessionError::from(error)).into_response();
    assert_eq!(response.status().as_u16(), 500);
    assert!(log::contains("session key \"name\" is not a u32"));
    assert!(!log::contains(secret));
}

#[tokio::test]
async fn a_name_that_was_not_typed_is_a_bad_request_and_the_log_has_the_cure() {
    let sign_in = async |session: Session, Form(fields): Form<Vec<(String, String)>>| -> Answer {
        for (name, value) in &fields {
            match name.as_str() {
                "user" => session.login(value)?,
                _ => session.set_label(Some(value))?,
            }
        }
        Ok(session.owner().unwrap_or_default())
    };
    let store = ProbeStore::default();
    let devices = async |sessions: OwnerSessions, Path(owner): Path<String>| -> Answer {
        Ok(sessions.of(owner).await?.len().to_string())
    };
    let app = Router::new()
        .route("/sign-in", post(sign_in))
        .route("/devices/{owner}", get(devices))
        .layer(SessionLayer::new(store.clone(), SessionConfig::default()));
    let mut ada = Browser::new(&app);
    let long = "x".repeat(1025);
    for (form, told, cure) in [
        ("user=".to_owned(), "The name of the account is empty", "check what was typed before `login`"),
        ("user=%20%09".to_owned(), "The name of the account is empty", "check what was typed before `login`"),
        (format!("user={long}"), "too long", "and has 1025"),
        (
            format!("user=ada&device={long}"),
            "The name of the device is too long",
            "at most 1024 bytes, not 1025",
        ),
    ] {
        let page = ada.post("/sign-in", &form).await;
        assert_eq!(page.status, 400, "{}", page.body);
        assert!(page.body.contains(told), "{}", page.body);
        let line = log::last("request failed because of its session");
        assert!(line.contains(cure) && line.contains("INFO"), "{line}");
        assert_eq!(page.session_cookie(), None, "nothing is stored");
    }
    assert_eq!(ada.get("/devices/%20").await.status, 400);
    assert_eq!(ada.post("/sign-in", "user=ada").await.body, "ada");
    assert_eq!(ada.get("/devices/ada").await.body, "1");
}

#[tokio::test]
async fn what_a_visitor_sent_to_name_a_session_and_cannot_be_read_is_a_bad_request() {
    type Any = Result<String, AnyError>;
    let devices = async |sessions: OwnerSessions, Path(cursor): Path<String>| -> Any {
        let page = sessions.page("ada", Page { after: Some(cursor.parse()?), ..Page::default() }).await?;
        Ok(page.sessions.len().to_string())
    };
    let end = async |session: Session, Form(fields): Form<Vec<(String, String)>>| -> Any {
        session.set("changed", true)?;
        Ok(fields[0].1.parse::<SessionHandle>()?.to_hex())
    };
    let typed =
        async |Path(handle): Path<String>| -> Answer { Ok(handle.parse::<SessionHandle>()?.to_hex()) };
    let adopt = async |Path(id): Path<String>| -> Any {
        Ok(SessionId::parse(id.as_bytes())?.digest().handle().to_string())
    };
    let store = ProbeStore::default();
    let app = Router::new()
        .route("/devices/{cursor}", get(devices))
        .route("/end", post(end))
        .route("/typed/{handle}", get(typed))
        .route("/adopt/{id}", get(adopt))
        .layer(SessionLayer::new(store.clone(), SessionConfig::default()));
    let mut ada = Browser::new(&app);
    for handle in ["", "5a5a5a5a", "%3Cscript%3E", &"g".repeat(64), &"A".repeat(64), &"a".repeat(63)] {
        let page = ada.post("/end", &format!("handle={handle}")).await;
        assert_eq!((page.status.as_u16(), page.session_cookie()), (400, None), "{handle}: {}", page.body);
        assert!(page.body.contains("load the list of sessions again"), "{}", page.body);
        let line = log::last("request failed because of its session");
        assert!(line.contains("`to_hex` writes them") && line.contains("INFO"), "{line}");
    }
    for (path, told, cure) in [
        ("/typed/5a5a5a5a", "names a session in a form that is not valid", "64 hexadecimal digits"),
        ("/devices/2", "go to the beginning of the list", "80 hexadecimal digits"),
        ("/adopt/x", "has an id of a session that is not valid", "must have 43 or 86 characters, not 1"),
    ] {
        let page = ada.get(path).await;
        assert_eq!(page.status, 400, "{path}: {}", page.body);
        assert!(page.body.contains(told), "{}", page.body);
        assert!(log::last("request failed because of its session").contains(cure), "{path}");
    }
    let hex = "5a".repeat(32);
    assert_eq!(ada.post("/end", &format!("handle={hex}")).await.body, hex);
    assert_eq!(ada.get(&format!("/devices/{:016}{hex}", 0)).await.body, "0");
}

#[tokio::test]
async fn an_error_of_the_library_keeps_its_status_without_a_session_error_around_it() {
    let fail = async |Path(what): Path<String>| -> Result<String, AnyError> {
        match what.as_str() {
            "csrf" => Err(CsrfError::CrossSite)?,
            "guard" => Err(FailureCause::Forbidden)?,
            "cause" => Err(FailureCause::Session(SessionError::TokenSpent))?,
            "sign-in" => Err(SignInRequired::NotSignedIn)?,
            "value" => Err(ValueError::Owner { limit: 1, found: 0 })?,
            _ => Err("what the application says")?,
        }
    };
    let app = Router::new()
        .route("/{what}", get(fail))
        .layer(SessionLayer::new(ProbeStore::default(), SessionConfig::default()));
    for (what, status) in
        [("csrf", 403), ("guard", 403), ("cause", 409), ("sign-in", 401), ("value", 400), ("other", 500)]
    {
        assert_eq!(Browser::new(&app).get(&format!("/{what}")).await.status, status, "{what}");
    }
}

#[tokio::test]
async fn a_one_time_token_has_one_winner() {
    let store = ProbeStore::default();
    let app = Router::new()
        .route(
            "/token",
            get(async |session: Session| -> Answer {
                Ok(session.tokens().create("order", None)?.as_str().into())
            }),
        )
        .route(
            "/use",
            get(async |session: Session, request: Request<Body>| -> Answer {
                let text = request.uri().query().unwrap_or_default();
                Ok(session.consume("order", text).await?.to_string())
            }),
        )
        .layer(SessionLayer::new(store.clone(), SessionConfig::default()));
    let mut ada = Browser::new(&app);
    let token = ada.get("/token").await.body;
    log::keep_secret(&token);
    let path = format!("/use?{token}");
    let uses = (0..8).map(|_| {
        let (mut same, path) = (ada.clone(), path.clone());
        tokio::spawn(async move { same.get(&path).await.body })
    });
    let mut won = 0;
    for used in uses.collect::<Vec<_>>() {
        won += usize::from(used.await.unwrap() == "true");
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn an_inner_error_passes_through() {
    use session_core::Timestamp;
    use tower::{Layer as _, service_fn};

    let layer = SessionLayer::new(ProbeStore::default(), SessionConfig::default())
        .clock(|| Timestamp::from_millis(0));
    let service = layer.layer(service_fn(async |_: Request<Body>| Err::<Response<Body>, _>("broken")));
    assert_eq!(service.oneshot(Request::default()).await.unwrap_err(), "broken");
}

#[tokio::test]
async fn a_save_after_the_head_keeps_an_id_that_is_due_for_its_age() {
    let config =
        SessionConfig::with(|settings| settings.rotate_after = Some(Duration::from_secs(60))).unwrap();
    let now = Arc::new(AtomicU64::new(0));
    let (clock, later) = (Arc::clone(&now), Arc::clone(&now));
    let layer = SessionLayer::new(ProbeStore::default(), config)
        .clock(move || Timestamp::from_millis(clock.load(Ordering::SeqCst)));
    let stream = async move |session: Session| -> Result<Body, SessionFailure> {
        session.set("state", "started")?;
        Ok(Body::from_stream(futures_util::stream::once(async move {
            later.fetch_add(61_000, Ordering::SeqCst);
            session.set("state", "done").map_err(axum::Error::new)?;
            let saved = session.save().await.map_err(axum::Error::new)?.saved;
            Ok::<_, axum::Error>(Bytes::from(format!("{saved:?}")))
        })))
    };
    let read = async |session: Session| -> Answer { Ok(session.get("state")?.unwrap_or_default()) };
    let app = Router::new().route("/stream", get(stream)).route("/read", get(read)).layer(layer);
    let mut ada = Browser::new(&app);
    assert_eq!(ada.get("/stream").await.body, "Committed { merged: 0 }");
    let page = ada.get("/read").await;
    assert!(page.body == "done" && page.session_cookie().is_some(), "the next head replaces it");
}
