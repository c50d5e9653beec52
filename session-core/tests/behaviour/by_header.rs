//! Programs that carry their id in a header: they never get a cookie, and browsers never get a header.

use session_core::{
    OpenSession, Visit,
    config::SessionConfig,
    cookie::SetCookie,
    exchange::{self, Saved},
    session::{Arrival, TokenVerdict},
    visit::CrossSite,
};

use crate::site::{Site, config, seconds, with};

/// A program that keeps the value of the last response that had the header.
struct Program {
    site: Site,
    id: String,
}

impl Program {
    fn new(config: SessionConfig) -> Self {
        Self { site: Site::new(config), id: String::new() }
    }

    fn open(&self) -> OpenSession {
        self.site.sessions.open(&Visit::new().id_header(self.id.as_bytes()), self.site.now()).unwrap()
    }

    /// Saves, and returns what the response told.
    fn save(&mut self, session: &OpenSession) -> (Saved, Option<String>) {
        let settled = self.site.sessions.save(session, self.site.now()).unwrap();
        let no_cookie = (settled.cookie, exchange::set_cookie(session));
        assert_eq!(no_cookie, (SetCookie::Keep, SetCookie::Keep));
        assert!(exchange::visitor_cookie(session, &config().cookie).is_none());
        let told = exchange::id_header(session).map(|id| id.to_string());
        self.id = told.clone().unwrap_or(std::mem::take(&mut self.id));
        (settled.saved, told)
    }

    fn sign_in(&mut self, owner: &str) {
        let session = self.open();
        session.login(owner).unwrap();
        self.save(&session);
    }

    fn owner(&self) -> Option<String> {
        self.open().owner()
    }
}

#[test]
fn a_program_keeps_what_the_last_response_told() {
    let mut program = Program::new(config());
    let session = program.open();
    assert_eq!((session.arrival(), program.save(&session)), (Arrival::New, (Saved::Nothing, None)));
    program.sign_in("ada");
    let first = program.id.clone();
    assert_eq!(program.owner().as_deref(), Some("ada"));
    let session = program.open();
    session.set("n", 1).unwrap();
    assert!(matches!(program.save(&session), (Saved::Committed { .. }, None)), "the id stays");
    program.sign_in("ada");
    assert_ne!(program.id, first);
    assert_eq!(Program { id: first, site: program.site.elsewhere() }.owner(), None, "the old id is dead");
    let session = program.open();
    session.logout().unwrap();
    assert_eq!(program.save(&session), (Saved::Ended, Some(String::new())), "the way it began");
    assert_eq!(program.open().arrival(), Arrival::New);
}

#[test]
fn an_id_that_was_never_issued_is_not_adopted_from_a_header() {
    for made_up in ["A".repeat(86), format!("{}.{}", "A".repeat(22), "A".repeat(86))] {
        let mut program = Program::new(config());
        program.id.clone_from(&made_up);
        let session = program.open();
        assert_eq!(session.arrival(), Arrival::Expired);
        session.set("n", 1).unwrap();
        assert_eq!(program.save(&session).0, Saved::Created);
        assert_ne!(program.id, made_up);
    }
}

#[test]
fn a_sign_in_ends_the_id_that_somebody_else_may_have_given_to_the_program() {
    let mut attacker = Program::new(config());
    let session = attacker.open();
    session.set("n", 1).unwrap();
    attacker.save(&session);
    let mut program = Program { id: attacker.id.clone(), site: attacker.site.elsewhere() };
    program.sign_in("ada");
    assert_eq!((attacker.owner(), program.owner().as_deref()), (None, Some("ada")));
}

#[test]
fn what_is_no_id_asks_for_a_new_session_and_two_headers_name_none() {
    let mut ada = Program::new(config());
    ada.sign_in("ada");
    let id = ada.id.clone();
    let twice = format!("{id}, {id}");
    for value in ["", "new", " ", twice.as_str(), &id[1..], &format!("AloSession={id}")] {
        let program = Program { id: value.to_owned(), site: ada.site.elsewhere() };
        assert_eq!(program.open().arrival(), Arrival::New, "{value}");
    }
    let spaced = format!("\t {id} ");
    assert_eq!(Program { id: spaced, site: ada.site.elsewhere() }.owner().as_deref(), Some("ada"));
    let visit = Visit::new().id_header(id.as_bytes()).id_header(id.as_bytes());
    assert!(ada.site.sessions.open(&visit, ada.site.now()).unwrap().is_new());
}

#[test]
fn the_header_counts_and_the_cookie_beside_it_is_neither_read_nor_changed() {
    let mut browser = Site::new(config());
    browser.sign_in("ada");
    let mut bob = Program { id: String::new(), site: browser.elsewhere() };
    bob.sign_in("bob");
    browser.calls();
    let open = |id: &str| {
        let visit = Visit::new().cookie(browser.cookie.as_bytes()).id_header(id.as_bytes());
        browser.sessions.open(&visit.cookie(browser.cookie.as_bytes()), browser.now()).unwrap()
    };

    let session = open("");
    assert_eq!((session.arrival(), browser.calls()), (Arrival::New, vec![]), "nothing is looked up");
    session.set("n", 1).unwrap();
    bob.save(&session);
    assert_eq!(bob.open().owner(), None, "a script gets no header for what is in the cookie");
    assert_eq!(bob.open().get("n").unwrap(), Some(1));

    bob.sign_in("bob");
    let session = open(&bob.id);
    assert_eq!(session.owner().as_deref(), Some("bob"));
    session.logout().unwrap();
    assert_eq!(bob.save(&session), (Saved::Ended, Some(String::new())));
    assert_eq!(browser.open().owner().as_deref(), Some("ada"), "it was no sign-out of the browser");

    bob.sign_in("bob");
    let visit = Visit::new().cookie(browser.cookie.as_bytes()).id_header(bob.id.as_bytes());
    assert_eq!(browser.sessions.forget(&visit, browser.now()).unwrap(), 1);
    assert_eq!((bob.owner(), browser.open().owner().as_deref()), (None, Some("ada")));
}

#[test]
fn a_request_with_a_cookie_is_told_no_header() {
    let mut browser = Site::new(config());
    let session = browser.sign_in("ada");
    assert!(exchange::id_header(&session).is_none());
    let session = browser.open();
    session.destroy();
    assert_eq!(browser.save(&session).unwrap().cookie, SetCookie::Remove);
    assert!(exchange::id_header(&session).is_none());
}

#[test]
fn an_id_that_gets_old_is_replaced_in_the_header_and_works_within_its_grace() {
    let rotating = with(|settings| settings.rotate_after = Some(seconds(60)));
    let mut program = Program::new(rotating);
    program.sign_in("ada");
    let mut slow = Program { id: program.id.clone(), site: program.site.elsewhere() };
    program.site.pass(60);
    let session = program.open();
    let (saved, told) = program.save(&session);
    assert_eq!((saved, told.is_some()), (Saved::Rotated, true));
    let session = slow.open();
    session.set("n", 1).unwrap();
    assert!(matches!(slow.save(&session), (Saved::Committed { .. }, None)), "another response tells it");
    assert_eq!(program.open().get("n").unwrap(), Some(1));
    program.site.pass(11);
    assert_eq!((slow.open().arrival(), program.owner().as_deref()), (Arrival::Reused, Some("ada")));
}

#[test]
fn a_page_of_another_origin_holds_its_id_itself() {
    let mut program = Program::new(config());
    let visit = Visit::new().cross_site(CrossSite::Other).id_header(b"");
    let session = program.site.sessions.open(&visit, program.site.now()).unwrap();
    assert_eq!(session.arrival(), Arrival::New, "no cookie was held back");
    session.set("n", 1).unwrap();
    assert_eq!(program.save(&session).0, Saved::Created);
}

#[test]
fn a_form_token_goes_with_the_session_because_no_cookie_can_go_with_it() {
    let mut program = Program::new(config());
    let session = program.open();
    let text = session.tokens().form_text("csrf").unwrap();
    assert_eq!(program.save(&session).0, Saved::Created);
    assert_eq!(program.open().tokens().check("csrf", text.as_str()).unwrap(), TokenVerdict::Good);
}
