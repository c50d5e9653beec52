//! Bad cookies: each gives a working page, and either the session whose id is among them or a fresh one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Request},
    routing::get,
};
use common::{Browser, ProbeStore};
use session_core::{
    SessionConfig,
    id::{Algorithm, CookieId, Generator},
};
use session_tower::{Session, SessionFailure, SessionLayer};

fn app(store: &ProbeStore) -> Router {
    Router::new()
        .route(
            "/read",
            get(async |session: Session| {
                Ok::<_, SessionFailure>(session.get::<String>("name")?.unwrap_or("nobody".into()))
            }),
        )
        .route(
            "/write",
            get(async |session: Session| {
                let name = session.get("name")?.unwrap_or("somebody".to_owned());
                session.set("name", &name)?;
                Ok::<_, SessionFailure>(name)
            }),
        )
        .route(
            "/sign-in",
            get(async |session: Session| {
                session.login("ada")?;
                session.set("name", "Ada")?;
                Ok::<_, SessionFailure>("hello")
            }),
        )
        .layer(SessionLayer::new(store.clone(), SessionConfig::default()))
}

struct Row {
    what: &'static str,
    headers: Vec<Vec<u8>>,
    finds_ada: bool,
}

fn row(what: &'static str, finds_ada: bool, headers: &[&str]) -> Row {
    let headers = headers.iter().map(|header| header.as_bytes().to_vec()).collect();
    Row { what, headers, finds_ada }
}

/// The table, for the id of an existing session: `<family>.<secret>`, as it has an owner.
fn table(id: &str) -> Vec<Row> {
    let (family, secret) = id.split_once('.').unwrap();
    let known = CookieId::parse(id.as_bytes()).unwrap();
    let never = CookieId::generate(Algorithm::Sha512, None, &Generator).unwrap();
    let other_family = CookieId::generate(Algorithm::Sha512, Some(never.key().family), &Generator).unwrap();
    let (never, other) = (never.expose(), other_family.expose());
    let (other, _) = other.split_once('.').unwrap();
    let digest: String = known.key().digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let encoded: String = id.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let of = |value: &str| format!("AloSession={value}");
    let good = of(id);
    let mut rows = vec![
        row("no cookie", false, &[]),
        row("an empty header", false, &[""]),
        row("an empty value", false, &["AloSession="]),
        row("no value at all", false, &["AloSession"]),
        row("100 kB", false, &[&of(&"A".repeat(100_000))]),
        row("100 kB before a good one", false, &[&format!("{}; {good}", of(&"A".repeat(100_000)))]),
        row("percent-encoded", false, &[&of(&encoded)]),
        row("percent-encoded in part", false, &[&of(&id.replacen('.', "%2E", 1))]),
        row("never issued", false, &[&of(&never)]),
        row("the digest in hex", false, &[&of(&digest)]),
        row("the digest padded", false, &[&of(&format!("{digest:A<86.86}"))]),
        row("the secret alone", false, &[&of(secret)]),
        row("the family alone", false, &[&of(family)]),
        row("another family's prefix", false, &[&of(&format!("{other}.{secret}"))]),
        row("two prefixes", false, &[&of(&format!("{family}.{id}"))]),
        row("the name in lower case", false, &[&format!("alosession={id}")]),
        row("the name in upper case", false, &[&format!("ALOSESSION={id}")]),
        row("another name that ends so", false, &[&format!("XAloSession={id}")]),
        row("a prefixed name", false, &[&format!("__Host-AloSession={id}")]),
        row("nameless", false, &[id]),
        row("nameless with =", false, &[&format!("={id}")]),
        row("nameless that looks named", false, &[&format!("={good}")]),
        row("cut", false, &[&of(&id[..id.len() - 1])]),
        row("longer by one", false, &[&of(&format!("{id}A"))]),
        row("good", true, &[&good]),
        row("quoted", true, &[&of(&format!("\"{id}\""))]),
        row("without blanks", true, &[&format!("a=b;{good};c=d")]),
        row("among separators", true, &[&format!(";;; ;{good};;")]),
        row("after one never issued", true, &[&format!("{}; {good}", of(&never))]),
        row("before one never issued", true, &[&format!("{good}; {}", of(&never))]),
        row("after a broken one", true, &[&format!("AloSession=planted; {good}")]),
        row("twice", true, &[&format!("{good}; {good}")]),
        row("in the second header", true, &["theme=dark", &good]),
        row("in two headers, the first planted", true, &[&of(&never), &good]),
        row("after an empty header", true, &["", &good]),
    ];
    let raw = |what, finds_ada, header: Vec<u8>| Row { what, headers: vec![header], finds_ada };
    rows.push(raw("not ASCII", false, b"AloSession=\xC3\xA9\xFF\x80".to_vec()));
    rows.push(raw(
        "not ASCII before a good one",
        true,
        [b"th\xE9me=\xFF; ".as_slice(), good.as_bytes()].concat(),
    ));
    rows
}

#[tokio::test]
async fn every_row_of_the_table() {
    let store = ProbeStore::default();
    let app = app(&store);
    let mut ada = Browser::new(&app);
    ada.get("/sign-in").await;
    let id = ada.cookie.clone().unwrap();
    for Row { what, headers, finds_ada } in table(&id) {
        let request = |path: &str| {
            let mut request = Request::get(path).body(Body::empty()).unwrap();
            for header in &headers {
                let value = HeaderValue::from_bytes(header).unwrap();
                request.headers_mut().append("cookie", value);
            }
            request
        };
        let mut visitor = Browser::new(&app);
        let page = visitor.send(request("/read")).await;
        assert_eq!(
            (page.status.as_u16(), page.body.as_str()),
            (200, if finds_ada { "Ada" } else { "nobody" }),
            "{what}"
        );
        assert!(page.session_cookie().is_none(), "{what}: reading needs no cookie");

        let mut visitor = Browser::new(&app);
        let page = visitor.send(request("/write")).await;
        assert_eq!(
            (page.status.as_u16(), page.body.as_str()),
            (200, if finds_ada { "Ada" } else { "somebody" }),
            "{what}"
        );
        if finds_ada {
            assert!(page.session_cookie().is_none(), "{what}: the id stays");
            continue;
        }
        let given = page.session_cookie().unwrap();
        let sent = headers.concat();
        assert!(
            !sent.windows(given.len()).any(|part| part == given.as_bytes()),
            "{what}: the id was adopted"
        );
        let page = Browser::new(&app).send(request("/read")).await;
        assert_eq!(page.body, "nobody", "{what}: what was sent has become an id");
        assert_eq!(visitor.get("/read").await.body, "somebody", "{what}");
    }
}
