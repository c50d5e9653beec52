//! What a test says about a page. Each assertion returns the page.

use std::fmt::Display;

use serde::Serialize;

use super::{
    Page,
    seen::CookieChange,
    story::{tell, verdict},
};

#[allow(
    clippy::missing_panics_doc,
    reason = "every assertion panics if it does not hold, which is said once above"
)]
/// Assertions about the response. Each panics if it does not hold, with the [whole story](Page).
impl Page {
    /// The status is this one.
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        self.expect(self.status == status, || format!("the status should be {status}"))
    }

    /// The body has this text.
    #[track_caller]
    pub fn assert_says(&self, text: &str) -> &Self {
        self.expect(self.text().contains(text), || format!("the page should say {text:?}"))
    }

    /// The body has nowhere this text.
    #[track_caller]
    pub fn assert_does_not_say(&self, text: &str) -> &Self {
        self.expect(!self.text().contains(text), || format!("the page should not say {text:?}"))
    }

    /// The response makes the browser get that page. A redirect that makes it send a form again (307, 308) is none.
    #[track_caller]
    pub fn assert_redirects_to(&self, location: &str) -> &Self {
        let holds = self.is_redirect() && self.header("location") == Some(location);
        self.expect(holds, || format!("the response should make the browser get {location}"))
    }

    #[track_caller]
    fn expect(&self, holds: bool, expected: impl FnOnce() -> String) -> &Self {
        verdict(holds, || tell(self, &expected()));
        self
    }
}

#[allow(
    clippy::missing_panics_doc,
    reason = "every assertion panics if it does not hold, which is said once above"
)]
/// Assertions about the session: what the browser held before the request, and what it holds after it. Each panics if it does
/// not hold, with the [whole story](Page), or if the browser is not one of a [`Site`](crate::Site).
impl Page {
    /// The browser had no session, and has one now.
    #[track_caller]
    pub fn assert_started(&self) -> &Self {
        let seen = self.seen();
        let holds = !seen.before.is_alive() && seen.after.is_alive();
        self.expect(holds, || "the browser should have got its first session".to_owned())
    }

    /// The session has a new id, as after a sign-in or any other change of rights, and the old one is dead.
    #[track_caller]
    pub fn assert_rotated(&self) -> &Self {
        let seen = self.seen();
        let moved = seen.after.is_alive() && seen.before.handle() != seen.after.handle();
        let why = match (seen.before.is_alive(), moved, seen.old.is_alive()) {
            (true, true, false) => return self,
            (false, true, _) => "the browser had none before; `assert_started` says that",
            (_, false, _) if seen.after.is_alive() => "it kept its id",
            (_, false, _) => "there is none now",
            (true, true, true) => "the old id still opens it, as after a rotation by age",
        };
        self.expect(false, || format!("the session should have a new id, but {why}"))
    }

    /// The session has the id that it had.
    #[track_caller]
    pub fn assert_not_rotated(&self) -> &Self {
        let seen = self.seen();
        let holds = seen.before.is_alive() && seen.before.handle() == seen.after.handle();
        self.expect(holds, || "the session should have kept its id".to_owned())
    }

    /// There was a session, its id opens nothing any more, and the browser got no other in its place.
    #[track_caller]
    pub fn assert_ended(&self) -> &Self {
        let seen = self.seen();
        let holds = seen.before.is_alive() && !seen.old.is_alive() && !seen.after.is_alive();
        self.expect(holds, || match seen.before.is_alive() {
            true => "the session should have ended".to_owned(),
            false => "the session should have ended, but there was none before".to_owned(),
        })
    }

    /// Something of the session was stored: the store acknowledged a write. A longer deadline alone is none.
    #[track_caller]
    pub fn assert_saved(&self) -> &Self {
        self.expect(self.is_saved(), || "the session should have been saved".to_owned())
    }

    /// The store acknowledged no write: everything is as it was, but perhaps the deadline.
    #[track_caller]
    pub fn assert_not_saved(&self) -> &Self {
        self.expect(!self.is_saved(), || "the session should not have been saved".to_owned())
    }

    /// Nothing was stored, and the browser has no session, as with a robot that only looks.
    #[track_caller]
    pub fn assert_stored_nothing(&self) -> &Self {
        let holds = !self.is_saved() && !self.seen().after.is_alive();
        self.expect(holds, || "the request should have stored nothing for its browser".to_owned())
    }

    /// The response removed the session's cookie, and the browser obeyed.
    #[track_caller]
    pub fn assert_cookie_removed(&self) -> &Self {
        self.expect(self.seen().cookie == Some(CookieChange::Removed), || {
            format!("the session's cookie should have been removed, but {}", self.cookie_change())
        })
    }

    /// The response left the session's cookie as it was.
    #[track_caller]
    pub fn assert_cookie_kept(&self) -> &Self {
        self.expect(self.seen().cookie.is_none(), || {
            format!("the session's cookie should have stayed as it was, but {}", self.cookie_change())
        })
    }

    /// The response gave the browser a cookie of the session that survives it, as of an owner who is remembered.
    #[track_caller]
    pub fn assert_remembered(&self) -> &Self {
        self.expect(self.seen().cookie == Some(CookieChange::Set { lasting: true }), || {
            format!("the response should have set a cookie that lasts, but {}", self.cookie_change())
        })
    }

    /// After the response this owner is signed in.
    #[track_caller]
    pub fn assert_signed_in(&self, owner: impl Display) -> &Self {
        let owner = owner.to_string();
        let holds = self.session().owner().as_deref() == Some(&*owner);
        self.expect(holds, || format!("{owner:?} should be signed in"))
    }

    /// After the response nobody is signed in, and if somebody was, that id is dead.
    #[track_caller]
    pub fn assert_signed_out(&self) -> &Self {
        let seen = self.seen();
        let holds = seen.after.owner().is_none() && (seen.before.owner().is_none() || !seen.old.is_alive());
        self.expect(holds, || "nobody should be signed in".to_owned())
    }

    /// After the response the key has this value, as JSON would show it.
    #[track_caller]
    pub fn assert_holds(&self, key: impl AsRef<str>, value: impl Serialize) -> &Self {
        let key = key.as_ref();
        let expected = serde_json::to_value(value).unwrap_or_default();
        let found: Option<serde_json::Value> = self.session().get(key);
        self.expect(found.as_ref() == Some(&expected), || {
            let found = found.as_ref().map_or("nothing".to_owned(), ToString::to_string);
            format!("{key:?} should hold {expected}, but it holds {found}")
        })
    }

    /// After the response the key has no value.
    #[track_caller]
    pub fn assert_lacks(&self, key: impl AsRef<str>) -> &Self {
        let key = key.as_ref();
        self.expect(!self.session().has(key), || format!("there should be nothing under {key:?}"))
    }

    fn is_saved(&self) -> bool {
        self.seen().asked.iter().any(|asked| asked.is_write)
    }

    fn cookie_change(&self) -> &'static str {
        match self.seen().cookie {
            None => "the response has no header for it",
            Some(CookieChange::Removed) => "it was removed",
            Some(CookieChange::Set { lasting: true }) => "it was set, for longer than the browser is open",
            Some(CookieChange::Set { lasting: false }) => "it was set, until the browser is closed",
            Some(CookieChange::Refused) => {
                "a browser does not obey the header, as with `Secure` on plain HTTP"
            }
        }
    }
}
