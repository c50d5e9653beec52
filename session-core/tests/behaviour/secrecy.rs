use bytes::Bytes;
use session_core::{
    SessionError, ValueError, Visit,
    config::{Codec, SessionConfig},
    exchange::{self, Exchange as _, Step, finish, set_cookie},
    internal::Record,
    store::{Answer, Call, OwnedCall},
};

use crate::site::{Site, seconds, with};

const SECRET: &str = "a secret of the application";
const VALUE: &str = "hunter2";
const LABEL: &str = "the laptop in her kitchen";

fn rules(codec: Codec) -> SessionConfig {
    with(|settings| {
        settings.rotate_after = Some(seconds(60));
        settings.secrets = vec![SECRET.into(), "the secret of last year".into()];
        settings.codec = codec;
    })
}

/// What `Debug` makes of these bytes in one type or another.
fn spellings(bytes: &[u8]) -> Vec<String> {
    let decimal: Vec<_> = bytes.iter().map(u8::to_string).collect();
    let hex =
        |separator: &str, form: fn(&u8) -> String| bytes.iter().map(form).collect::<Vec<_>>().join(separator);
    let escaped = format!("{:?}", Bytes::copy_from_slice(bytes));
    vec![
        decimal.join(", "),
        decimal.join(",\n"),
        hex("", |byte| format!("{byte:02x}")),
        hex("", |byte| format!("{byte:02X}")),
        hex(", ", |byte| format!("{byte:x}")),
        escaped[2..escaped.len() - 1].to_owned(),
    ]
}

/// The parts of a record that nobody may see: the fingerprint, the raw tokens, and the value.
fn hidden_parts(record: &[u8]) -> Vec<String> {
    let at = |name: &[u8]| record.windows(name.len()).position(|window| window == name).unwrap();
    let reserved = &record[at(b"_fp_")..at(b"password")];
    assert!(reserved.len() > 60, "a fingerprint and a token");
    let windows = reserved.windows(6).chain([VALUE.as_bytes()]);
    windows.flat_map(spellings).collect()
}

/// Everything that is printed, and by which name.
#[derive(Default)]
struct Shown(Vec<(&'static str, String)>);

impl Shown {
    fn add(&mut self, name: &'static str, value: &dyn std::fmt::Debug) {
        self.0.push((name, format!("{value:?}")));
        self.0.push((name, format!("{value:#?}")));
    }

    fn add_call(&mut self, call: Call<'_>) {
        self.add("Call", &call);
        self.add("OwnedCall", &OwnedCall::from(call));
    }
}

#[test]
fn nothing_that_can_be_printed_shows_an_id_a_token_or_a_value() {
    for codec in [Codec::MessagePack, Codec::Json, Codec::Bincode] {
        let mut site = Site::with_session(rules(codec));
        let mut shown = Shown::default();
        site.pass(60);
        let session = site.open();
        session.set("password", VALUE).unwrap();
        session.set_label(Some(LABEL)).unwrap();
        session.flash("info", VALUE).unwrap();
        let token = session.tokens().text("form").unwrap();
        session.login("ada").unwrap();
        let Step::Ask(saving) = finish(&session, site.now()).unwrap() else { panic!("nothing to save") };
        shown.add("OpenSession", &session);
        shown.add("Saving", &saving);
        shown.add_call(saving.call());
        shown.add("Context", site.context());
        shown.add("Settings", &**site.context().config());
        shown.add("Tokens", &session.tokens());
        shown.add("TokenText", &token);
        shown.add("SetCookie", &set_cookie(&session));
        drop(saving);
        let settled = site.save(&session).unwrap();
        shown.add("Settled", &settled);
        shown.add("OpenSession", &session);
        let form = session.tokens().text("form").unwrap();

        let sessions = site.world(|world| world.sessions());
        let (key, record) =
            sessions.iter().find(|(_, data)| data.windows(7).any(|part| part == VALUE.as_bytes())).unwrap();
        let record = Record::decode(record).map(|read| (read, record.clone()));
        let (read, record) = record.unwrap();
        shown.add("Record", &read);
        if let Record::Live(live) = &read {
            shown.add("Live", live);
        }
        let loaded = site.world(|world| world.perform(&Call::Load { key: *key }));
        shown.add("Answer", &loaded);
        let page = session_core::store::Page::default();
        let listed = site.world(|world| world.perform(&Call::List { family: key.family, page }));
        shown.add("Answer", &listed);
        if let Answer::Load(Some(stored)) = loaded {
            let outcomes = session_core::store::CommitOutcome::Conflict(stored);
            shown.add("CommitOutcome", &outcomes);
        }
        shown.add("StoreKey", key);

        // A rotation has two writes, a commit has a conflict.
        let visit = Visit::new().cookie(site.cookie.as_bytes()).user_agent(b"Firefox");
        shown.add("Visit", &visit);
        let Step::Ask(opening) = exchange::begin(site.context(), &visit, site.now()) else { panic!("no id") };
        shown.add("Opening", &opening);
        let listing = exchange::list(site.context(), "ada", page, site.now()).unwrap();
        shown.add("Listing", &listing);
        let other = site.open();
        other.rotate().unwrap();
        let Step::Ask(rotating) = finish(&other, site.now()).unwrap() else { panic!("nothing to save") };
        shown.add_call(rotating.call());
        drop(rotating);
        shown.add("Flash", &other.take_flashes().unwrap());
        let id = settled.cookie;
        shown.add("SetCookie", &id);

        let wrong = other.get::<u64>("password").unwrap_err();
        shown.add("SessionError", &wrong);
        shown.0.push(("message", wrong.to_string()));
        let SessionError::Value(wrong) = wrong else { panic!("{wrong}") };
        shown.add("ValueError", &wrong);
        if let ValueError::Decode { reason, .. } = wrong {
            assert!(codec != Codec::Json || reason.contains(VALUE), "the reason is what must be hidden");
        }

        let cookie = site.cookie.rsplit(['.', '=']).next().unwrap().to_owned();
        let mut hidden = hidden_parts(&record);
        hidden.extend([cookie, token.as_str().to_owned(), form.as_str().to_owned()]);
        hidden.extend([SECRET, VALUE, LABEL].map(str::to_owned));
        hidden.extend(spellings(SECRET.as_bytes()));
        for (name, text) in shown.0 {
            for hidden in &hidden {
                assert!(!text.contains(hidden), "{name}: {text}");
            }
        }
        assert!(format!("{session:?}").contains(&session.id_handle().unwrap().to_string()));
    }
}
