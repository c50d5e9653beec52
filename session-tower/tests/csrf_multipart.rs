//! Multipart forms: the token is found in their beginning, in whatever pieces they come, and the handler gets all of them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod common;

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::StatusCode,
    routing::{get, post},
};
use common::{Browser, log};
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use session_core::SessionConfig;
use session_memory::MemoryStore;
use session_tower::{CsrfLayer, CsrfToken, SessionFailure, SessionLayer};
use tokio::sync::mpsc;

const LIMIT: usize = 400;

fn app() -> Router {
    let sessions = SessionLayer::new(MemoryStore::new(), SessionConfig::default()).on_error(|failure, _| {
        let session_tower::FailureCause::Csrf(error) = failure.cause() else { panic!("{failure}") };
        (failure.status(), format!("{error:?}"))
    });
    Router::new()
        .route(
            "/text",
            get(async |token: CsrfToken| Ok::<_, SessionFailure>(token.text()?.as_str().to_owned())),
        )
        .route("/upload", post(async |body: Bytes| body))
        .layer(CsrfLayer::new().multipart_limit(LIMIT))
        .layer(sessions)
}

async fn visitor(app: &Router) -> (Browser, String) {
    let mut ada = Browser::new(app);
    let token = ada.get("/text").await.body;
    log::keep_secret(&token);
    (ada, token)
}

/// A request whose body comes in these pieces.
fn in_pieces(content_type: &str, pieces: Vec<Vec<u8>>) -> Request {
    let pieces = stream::iter(pieces.into_iter().map(|piece| Ok::<_, Infallible>(Bytes::from(piece))));
    let request = Request::post("/upload").header("content-type", content_type);
    request.body(Body::from_stream(pieces)).unwrap()
}

async fn upload(ada: &mut Browser, content_type: &str, body: &str) -> String {
    let page = ada.send(in_pieces(content_type, vec![body.as_bytes().to_vec()])).await;
    if page.body == body { "passed".to_owned() } else { page.body }
}

const TYPE: &str = "multipart/form-data; boundary=b";

#[tokio::test]
async fn a_form_as_browsers_send_it_passes() {
    let app = app();
    let (mut ada, token) = visitor(&app).await;
    let boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
    let form = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n{}\r\n--{boundary}--\r\n",
        "x".repeat(100_000),
    );
    let content_type = format!("multipart/form-data; boundary={boundary}");
    assert_eq!(upload(&mut ada, &content_type, &form).await, "passed");
    // Every place where it can be cut in two, as far as the token goes, and single bytes.
    for at in 0..LIMIT {
        let (one, other) = form.as_bytes().split_at(at);
        let request = in_pieces(&content_type, vec![one.to_vec(), other.to_vec()]);
        assert!(ada.send_bytes(request).await.1 == form.as_bytes(), "cut at {at}");
    }
    let bytes =
        form.as_bytes()[..600].iter().map(|byte| vec![*byte]).chain([form.as_bytes()[600..].to_vec()]);
    let request = in_pieces(&content_type, bytes.collect());
    assert!(ada.send_bytes(request).await.1 == form.as_bytes());
}

#[tokio::test]
async fn the_ways_to_write_one_form() {
    let app = app();
    let (mut ada, token) = visitor(&app).await;
    let form = |head: &str| format!("--b\r\n{head}\r\n\r\n{token}\r\n--b--\r\n");
    for head in [
        "Content-Disposition: form-data; name=\"_csrf\"",
        "content-disposition:form-data;name=_csrf",
        "CONTENT-DISPOSITION: Form-Data; NAME=\"_csrf\"",
        "Content-Type: text/plain\r\nContent-Disposition: form-data; name=\"_csrf\"\r\nX: y",
        "Content-Disposition: form-data; name=\"_c\\srf\"",
        "Content-Disposition: form-data; x=\"; name=no\"; name=\"_csrf\"",
    ] {
        assert_eq!(upload(&mut ada, TYPE, &form(head)).await, "passed", "{head}");
    }
    for head in [
        "Content-Disposition: form-data; name=\"_csrf\"; filename=\"a\"",
        "Content-Disposition: form-data; filename=_csrf; name=a",
        "Content-Disposition: form-data; name=\"_csrf\"; filename*=UTF-8''a",
        "Content-Disposition: form-data; name=\"_CSRF\"",
        "Content-Disposition: form-data; name=\"x_csrf\"",
        "Content-Disposition: attachment; name=\"_csrf\"",
        "Content-Type: form-data; name=\"_csrf\"",
        "X-Content-Disposition: form-data; name=\"_csrf\"",
        "",
    ] {
        assert_eq!(upload(&mut ada, TYPE, &form(head)).await, "MissingToken", "{head}");
    }
    let head = "Content-Disposition: form-data; name=\"_csrf\"";
    for content_type in [
        "Multipart/Form-Data; Boundary=b",
        "multipart/form-data; boundary=\"b\"",
        "multipart/form-data; charset=utf-8; boundary=b",
        "multipart/form-data;boundary=b;charset=utf-8",
        "multipart/form-data; x=\"boundary=c\"; boundary=b",
    ] {
        assert_eq!(upload(&mut ada, content_type, &form(head)).await, "passed", "{content_type}");
    }
    for content_type in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=c",
        "multipart/mixed; boundary=b",
        "multipart/form-data; boundary=\"b",
    ] {
        let answer = upload(&mut ada, content_type, &form(head)).await;
        let expected = if content_type.ends_with("\"b") { "passed" } else { "MissingToken" };
        assert_eq!(answer, expected, "{content_type}");
    }
}

#[tokio::test]
async fn odd_and_hostile_bodies() {
    let app = app();
    let (mut ada, token) = visitor(&app).await;
    let head = "Content-Disposition: form-data; name=\"_csrf\"";
    let other = "Content-Disposition: form-data; name=\"a\"";
    let long = "x".repeat(LIMIT);
    for (body, expected) in [
        // Ends of lines.
        (format!("--b\n{head}\n\n{token}\n--b--\n"), "passed"),
        (format!("--b\r\n{head}\r\n\r\n{token}\r\n--b--"), "passed"),
        (format!("--b \t\r\n{head}\r\n\r\n{token}\r\n--b--  \r\n"), "passed"),
        // A preamble, an epilogue, fields around it.
        (format!("hello\r\n--b\r\n{head}\r\n\r\n{token}\r\n--b--\r\nbye"), "passed"),
        (
            format!(
                "\r\n\r\n--b\r\n{other}\r\n\r\n1\r\n2\r\n--b\r\n{head}\r\n\r\n{token}\r\n--b\r\n{other}\r\n\r\n"
            ),
            "passed",
        ),
        // A value that looks like a delimiter or like a field.
        (format!("--b\r\n{other}\r\n\r\n--bb\r\n x--b\r\n--b\r\n{head}\r\n\r\n{token}\r\n--b--"), "passed"),
        (format!("--b\r\n{other}\r\n\r\n{head}\r\n\r\n{token}\r\n--b--"), "MissingToken"),
        (
            format!("--b\r\n{other}\r\n\r\n--bb\r\n{head}\r\n\r\nx\r\n--b\r\n{head}\r\n\r\n{token}\r\n--b--"),
            "passed",
        ),
        // The first one counts.
        (format!("--b\r\n{head}\r\n\r\nx\r\n--b\r\n{head}\r\n\r\n{token}\r\n--b--"), "WrongToken"),
        (format!("--b\r\n{head}\r\n\r\n{token}\r\n--b\r\n{head}\r\n\r\nx\r\n--b--"), "passed"),
        // Values that are no token.
        (format!("--b\r\n{head}\r\n\r\n\r\n--b--"), "WrongToken"),
        (format!("--b\r\n{head}\r\n\r\n--b--"), "WrongToken"),
        (format!("--b\r\n{head}\r\n\r\n{token}\r\n{token}\r\n--b--"), "WrongToken"),
        (format!("--b\r\n{head}\r\n\r\n{token}\r\n\r\n--b--"), "WrongToken"),
        (format!("--b\r\n{head}\r\n\r\n{token}\r\r\n--b--"), "WrongToken"),
        // It breaks off.
        (format!("--b\r\n{head}\r\n\r\n{token}"), "Unreadable"),
        (format!("--b\r\n{head}\r\n\r\n{token}\r\n"), "Unreadable"),
        (format!("--b\r\n{head}\r\n\r\n{token}\r\n-"), "WrongToken or Unreadable"),
        (format!("--b\r\n{head}"), "Unreadable"),
        ("--b".to_owned(), "Unreadable"),
        (format!("--b\r\n{other}\r\n\r\n1\r\n"), "Unreadable"),
        // It has no field.
        (String::new(), "MissingToken"),
        ("--b--".to_owned(), "MissingToken"),
        ("no form at all".to_owned(), "MissingToken"),
        (format!("--b--\r\n--b\r\n{head}\r\n\r\n{token}\r\n--b--"), "MissingToken"),
        // It is behind a large file, or in a large header.
        (
            format!("--b\r\n{other}; filename=f\r\n\r\n{long}\r\n--b\r\n{head}\r\n\r\n{token}\r\n--b--"),
            "TokenTooLate",
        ),
        (format!("--b\r\nX: {long}\r\n{head}\r\n\r\n{token}\r\n--b--"), "TokenTooLate"),
        (format!("{long}\r\n--b\r\n{head}\r\n\r\n{token}\r\n--b--"), "TokenTooLate"),
        (long.clone() + "x", "TokenTooLate"),
        (format!("--b\r\n{head}\r\n\r\n{long}\r\n--b--"), "TokenTooLate"),
    ] {
        let answer = upload(&mut ada, TYPE, &body).await;
        assert!(expected.contains(&answer) && !answer.is_empty(), "{answer}, not {expected}: {body:?}");
    }
    let body = format!("--b\r\n{head}\r\n\r\n{token}\r\n--b--");
    let broken = [Ok(Bytes::from(body[..20].to_owned())), Err(std::io::Error::other("gone"))];
    let request = Request::post("/upload").header("content-type", TYPE);
    let page = ada.send(request.body(Body::from_stream(stream::iter(broken))).unwrap()).await;
    assert_eq!((page.status, page.body.as_str()), (StatusCode::BAD_REQUEST, "Unreadable"));
    // Whoever sends the header is not read.
    let request = Request::post("/upload").header("content-type", TYPE).header("x-csrf-token", &token);
    assert_eq!(ada.send(request.body(Body::from("no form")).unwrap()).await.body, "no form");
}

#[tokio::test]
async fn the_handler_begins_before_the_file_has_arrived() {
    let (started, mut starts) = mpsc::unbounded_channel();
    let count = async move |body: Body| {
        started.send(()).unwrap();
        body.collect().await.unwrap().to_bytes().len().to_string()
    };
    let sessions = SessionLayer::new(MemoryStore::new(), SessionConfig::default());
    let app = Router::new()
        .route(
            "/text",
            get(async |token: CsrfToken| Ok::<_, SessionFailure>(token.text()?.as_str().to_owned())),
        )
        .route("/upload", post(count))
        .layer(CsrfLayer::new())
        .layer(sessions);
    let (mut ada, token) = visitor(&app).await;
    let start =
        format!("--b\r\nContent-Disposition: form-data; name=_csrf\r\n\r\n{token}\r\n--b\r\n\r\n\r\n");
    let (give, pieces) = mpsc::unbounded_channel();
    let pieces = stream::unfold(pieces, async |mut pieces: mpsc::UnboundedReceiver<Bytes>| {
        let piece = pieces.recv().await?;
        Some((Ok::<_, Infallible>(piece), pieces))
    });
    let request =
        Request::post("/upload").header("content-type", TYPE).body(Body::from_stream(pieces.boxed()));
    give.send(Bytes::from(start.clone())).unwrap();
    let answer = tokio::spawn(async move { ada.send(request.unwrap()).await });
    starts.recv().await.unwrap();
    for _ in 0..100 {
        give.send(Bytes::from(vec![0; 100_000])).unwrap();
    }
    drop(give);
    assert_eq!(answer.await.unwrap().body, (start.len() + 10_000_000).to_string());
}

/// A part of a form: a field or a file, and its content.
#[derive(Debug, Clone)]
enum Part {
    Token,
    Field(String),
    File(Vec<u8>),
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let part = prop_oneof![
        2 => Just(Part::Token),
        3 => "[a-z\r\n-]{0,60}".prop_map(Part::Field),
        2 => prop::collection::vec(prop::sample::select(b"-b\r\n\0\xff".to_vec()), 0..250).prop_map(Part::File),
    ];
    prop::collection::vec(part, 0..5)
}

/// Writes the form, and says where the line ends that shows the token to be complete.
fn write(parts: &[Part], boundary: &str, token: &str) -> (Vec<u8>, Option<usize>) {
    let mut body = Vec::new();
    let (mut end, mut complete) = (None, false);
    for (at, part) in parts.iter().enumerate() {
        let head = match part {
            Part::Token => "form-data; name=\"_csrf\"".to_owned(),
            Part::Field(_) => format!("form-data; name=\"field{at}\""),
            Part::File(_) => format!("form-data; name=\"_csrf\"; filename=\"{at}\""),
        };
        let content = match part {
            Part::Token => token.as_bytes(),
            Part::Field(text) => text.as_bytes(),
            Part::File(bytes) => bytes,
        };
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        if complete {
            end.get_or_insert(body.len());
        }
        complete = matches!(part, Part::Token);
        body.extend_from_slice(format!("Content-Disposition: {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    if complete {
        end.get_or_insert(body.len());
    }
    (body, end)
}

#[test]
fn in_whatever_pieces_the_verdict_is_the_same_and_the_body_is_whole() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (ada, token) = runtime.block_on(visitor(&app()));
    let boundary = "z[A-Za-z0-9'()+_,./:=?-]{0,20}[A-Z]";
    let cuts = prop::collection::vec(any::<prop::sample::Index>(), 0..12);
    let forms = (parts(), boundary, cuts, any::<bool>());
    let mut runner = TestRunner::new(Config::with_cases(2000));
    let outcome = runner.run(&forms, |(parts, boundary, cuts, single)| {
        let (body, end) = write(&parts, &boundary, &token);
        let expected = match end {
            Some(end) if end <= LIMIT => "passed",
            None if body.len() <= LIMIT => "MissingToken",
            _ => "TokenTooLate",
        };
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
        cuts.extend(if single { (0..=body.len()).collect() } else { vec![0, body.len()] });
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|cut| body[cut[0]..cut[1]].to_vec()).collect();
        let request = in_pieces(&format!("multipart/form-data; boundary=\"{boundary}\""), pieces);
        let (status, answer) = runtime.block_on(ada.send_bytes(request));
        if expected == "passed" {
            prop_assert_eq!((status, answer), (StatusCode::OK, body));
        } else {
            prop_assert_eq!(String::from_utf8_lossy(&answer), expected);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
