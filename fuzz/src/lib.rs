//! The fuzz targets: each is a function of any bytes, which panics when a law is broken.

pub mod config;
pub mod cookie_header;
pub mod delta_laws;
pub mod exchange;
pub mod mysql_rows;
pub mod postgres_rows;
pub mod record;
pub mod redis_replies;
pub mod session_id;
mod source;
mod sql_rows;
#[path = "../../session-core/tests/support/mod.rs"]
mod support;
pub mod value;

/// The name of a target, and its function.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 10] = [
    ("cookie_header", cookie_header::run),
    ("session_id", session_id::run),
    ("record", record::run),
    ("value", value::run),
    ("config", config::run),
    ("exchange", exchange::run),
    ("delta_laws", delta_laws::run),
    ("redis_replies", redis_replies::run),
    ("mysql_rows", mysql_rows::run),
    ("postgres_rows", postgres_rows::run),
];

use std::{cell::LazyCell, sync::Arc, time::Duration};

use bytes::Bytes;
use session_core::{
    Context, OpenSession, SessionConfig, Timestamp, Visit,
    exchange::{Answer, Exchange as _, Step, begin},
    id::{CookieId, Generator},
    store::{Revision, Stored},
};

/// A record of this codec and body with the right format and checksum.
pub fn sealed(codec: u8, body: &[u8]) -> Bytes {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[2, codec]);
    hasher.update(body);
    [&[2, codec], &hasher.finalize().to_le_bytes()[..], body].concat().into()
}

thread_local! {
    static BROWSER: LazyCell<(Arc<Context>, String)> = LazyCell::new(|| {
        let context = Context::new(SessionConfig::with(|settings| settings.fingerprint.properties.clear()).unwrap());
        let id = CookieId::generate(context.config().algorithm, None, &Generator).unwrap();
        (context, format!("AloSession={}", id.expose().as_str()))
    });
}

/// An opened session whose record, of this codec, has these bytes under the key `value`.
pub fn session_with(codec: u8, value: &[u8]) -> OpenSession {
    // No lineage, all times zero except for the deadline, no optional values; then one key and a length of nine bytes.
    let head = b"\0\0\0\0\x01\0\0\0\0\0\0\0\x01\x05value\xfd";
    let body = [head, &(value.len() as u64).to_le_bytes()[..], value].concat();
    let data = sealed(codec, &body);
    let stored = Stored { revision: Revision::default(), remaining: Duration::from_secs(1), data };
    BROWSER.with(|browser| {
        let (context, cookie) = &**browser;
        let visit = Visit::new().cookie(cookie.as_bytes());
        let Step::Ask(opening) = begin(context, &visit, Timestamp::from_millis(0)) else {
            panic!("there is a cookie")
        };
        match opening.answer(Ok(Answer::Load(Some(stored)))) {
            Ok(Step::Done(session)) => session,
            other => panic!("{other:?}"),
        }
    })
}
