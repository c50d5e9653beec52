//! The rules of a driver, as data.
//!
//! ```
//! use session_driverkit::rules;
//!
//! assert_eq!(rules::OPEN_3.sentence(), "Without a cookie that can be an id the store is not asked.");
//! assert!(rules::ALL.iter().any(|rule| rule.name() == "OPEN-3"));
//! ```

use session_testkit::__rules as rules;

rules! {
    /// Every rule, in the order of a request.
    "session-driverkit" ALL:
    OPEN_1, "OPEN-1":
        "A request that does not touch its session costs nothing: the store is not asked, and the response has no header of it.",
        "Most requests of a site are for files and public pages, which caches must be able to keep.";
    OPEN_2, "OPEN-2":
        "A request loads its session once, whoever asks for it: the handler, the protection of forms, and what stands between.",
        "Every load is a round trip that a visitor waits for, and two loads can see two different sessions.";
    OPEN_3, "OPEN-3":
        "Without a cookie that can be an id the store is not asked.",
        "Robots keep no cookies, and must not become load on the database.";
    OPEN_4, "OPEN-4":
        "The session is found by its cookie among all `Cookie` headers, whatever stands beside it.",
        "Browsers send the cookies of a whole domain, some of them old, broken, or not even text.";
    OPEN_5, "OPEN-5":
        "An id that the client made up opens nothing and is never adopted.",
        "An attacker who plants an id must not be signed in together with the victim.";
    OPEN_6, "OPEN-6":
        "Each request sees the session of its own cookie, however many are under way.",
        "What is kept between two requests of a worker ends as the account of another visitor.";
    OPEN_7, "OPEN-7":
        "The time is that of the clock that the driver was given: a session ends when it was idle for too long.",
        "A driver with a clock of its own signs people out too early, or never.";
    OPEN_8, "OPEN-8":
        "`HEAD` requests and prefetches take no flash message.",
        "Nobody sees the response, so the message would be lost.";
    OPEN_9, "OPEN-9":
        "A request that another site sent without the cookie replaces no session, unless it signs in.",
        "`SameSite` holds the cookie back, and a new one would sign the visitor out.";
    OPEN_10, "OPEN-10":
        "The headers for the fingerprint reach the core: another browser with the cookie is nobody.",
        "A stolen cookie is noticed by them.";
    SAVE_1, "SAVE-1":
        "What a handler changed is stored before the head of the response leaves.",
        "A browser that is sent on by a redirect asks for the next page at once, and must find what it did.";
    SAVE_2, "SAVE-2":
        "A request that only reads makes no write, and one that changes something makes one.",
        "A second save costs as much as the request itself.";
    SAVE_3, "SAVE-3":
        "With a server error (5xx) or a timeout (408) nothing is saved that the handler changed.",
        "Half of a change is worse than none.";
    SAVE_4, "SAVE-4":
        "With an error of the session that the handler returns nothing is saved.",
        "The handler ended in the middle.";
    SAVE_5, "SAVE-5":
        "When a handler panics nothing is saved that it changed, and the server goes on.",
        "The handler ended in the middle, and nobody knows where.";
    SAVE_6, "SAVE-6":
        "What the handler saved by itself stays saved, and its cookie is sent even with a server error.",
        "The old id is dead by then; a browser without the new one would be signed out.";
    SAVE_7, "SAVE-7":
        "A request counts as a use of its session, however it ends: with an error, a failure or a panic.",
        "An outage of something else must not sign everybody out.";
    SAVE_8, "SAVE-8":
        "Saves of one request run one after the other.",
        "Two at once conflict with each other, and an update is made twice.";
    SAVE_9, "SAVE-9":
        "With a response that is marked so nothing is saved that the handler changed.",
        "A page can be a success and still take back what it did to the session.";
    SAVE_10, "SAVE-10":
        "A failed save that its handler dealt with is not answered once more.",
        "The handler has a page for it, such as \"too many devices\".";
    SAVE_11, "SAVE-11":
        "A handler that ends all sessions of its owner is signed out by that: what it sets afterwards is kept in a session of nobody.",
        "A message such as \"signed out everywhere\" must be seen, and an error looks as if nothing had ended.";
    COOKIE_1, "COOKIE-1":
        "A session that gets an id sends its cookie, once; other responses send none.",
        "A cookie in every response makes every response personal, and two in one leave it to chance which is kept.";
    COOKIE_2, "COOKIE-2":
        "The cookie has the name and the attributes of the configuration.",
        "`Secure` and `HttpOnly` are the protection, and a path or domain that is left out makes a second cookie.";
    COOKIE_3, "COOKIE-3":
        "A session that was ended has its cookie removed, with the attributes with which it was set.",
        "Browsers ignore a removal for another path.";
    COOKIE_4, "COOKIE-4":
        "The handler's own cookies are sent beside that of the session.",
        "`Set-Cookie` is the one header that must not be replaced or joined.";
    COOKIE_5, "COOKIE-5":
        "A request that lost a race sends no cookie.",
        "The browser has, or is about to get, a newer one, which the late response would overwrite.";
    COOKIE_6, "COOKIE-6":
        "Each response has the cookie of its own session and of no other.",
        "A cookie that reaches another visitor is an account that reaches another visitor.";
    COOKIE_7, "COOKIE-7":
        "What could not be stored has no cookie.",
        "An id that is not in the store is a session that is lost with the next request.";
    COOKIE_8, "COOKIE-8":
        "After a sign-in the browser has a new id, and the old one opens nothing.",
        "Whoever knew the id from before must not be signed in.";
    COOKIE_9, "COOKIE-9":
        "A sign-out ends the sessions of all cookies of the request.",
        "A cookie for another path or domain would sign the visitor in again.";
    CACHE_1, "CACHE-1":
        "A response whose session was loaded has `Vary: Cookie`, beside what the handler varies by.",
        "A cache would serve the page of one visitor to the next.";
    CACHE_2, "CACHE-2":
        "A response whose session was loaded has `Cache-Control: no-store`; a `private` of the handler is kept, and what is public is not.",
        "The back button and shared caches must not show an account to the next person.";
    CACHE_3, "CACHE-3":
        "What a handler tells a CDN alone is no way around it.",
        "`CDN-Cache-Control` and `Surrogate-Control` win over `Cache-Control` where they are read.";
    CACHE_4, "CACHE-4":
        "The response to a failure may not be kept either.",
        "A cached 401 or 503 outlives its cause.";
    STREAM_1, "STREAM-1":
        "The head of a stream leaves when the session is saved, and before the body is there.",
        "A stream may run for hours.";
    STREAM_2, "STREAM-2":
        "After the head nothing is saved by itself, and what the stream saves by itself is stored.",
        "The driver has no moment at which to save, and a change must not be stored by chance.";
    STREAM_3, "STREAM-3":
        "After the head no id is replaced because of its age.",
        "The browser cannot learn the new one, and would be signed out.";
    SOCKET_1, "SOCKET-1":
        "A socket's session is saved with the 101, which carries its cookie.",
        "A socket may be open for hours, and its browser asks for other pages meanwhile.";
    SOCKET_2, "SOCKET-2":
        "What a socket saves is stored, and what it does not save is not.",
        "The driver has no moment at which to save.";
    SOCKET_3, "SOCKET-3":
        "A socket sees what others wrote, and learns that its session has ended.",
        "A sign-out must reach what is open already.";
    SOCKET_4, "SOCKET-4":
        "A page of another site opens no socket, and one of this site needs no token.",
        "Browsers send cookies with handshakes from everywhere, and CORS does not apply to them.";
    CANCEL_1, "CANCEL-1":
        "A save that has begun is finished though the client has gone.",
        "Half of a sign-in leaves a session that nobody can use.";
    CANCEL_2, "CANCEL-2":
        "What a handler changed and did not save when its client went away is not stored, unless it runs to its end.",
        "A handler that is cut off ends in the middle.";
    CANCEL_3, "CANCEL-3":
        "A save that the handler itself began is finished though the client has gone.",
        "Half of a sign-in leaves a session that nobody can use, whoever began it.";
    CANCEL_4, "CANCEL-4":
        "An end of other sessions that has begun is finished though the client has gone, with what is saved before it.",
        "The session of a thief would stay, and nobody would know.";
    CANCEL_5, "CANCEL-5":
        "The use of a one-time token that has begun is finished though the client has gone, with what is saved by it.",
        "A token that can be used once more is an order that is placed twice.";
    FAIL_1, "FAIL-1":
        "If the session cannot be loaded, the answer is 503 with `Retry-After`, the handler does nothing, and no cookie is touched.",
        "An empty session in place of the real one signs everybody out, and what is saved then is lost.";
    FAIL_2, "FAIL-2":
        "If the session cannot be saved, the handler's response is replaced by a 503 with `Retry-After`.",
        "A change that was not stored must not be acknowledged.";
    FAIL_3, "FAIL-3":
        "If it is not known whether a change was stored, the answer is 503 without `Retry-After`.",
        "A program repeats by itself what it is told to repeat, and would make the change twice.";
    FAIL_4, "FAIL-4":
        "If the record cannot be read, the answer is 500, and the record stays as it is.",
        "A newer version may have written it, and can read it.";
    FAIL_5, "FAIL-5":
        "If the session ended or changed its id meanwhile, the answer to a change is 409.",
        "A change that was not stored must not be acknowledged.";
    FAIL_6, "FAIL-6":
        "If the session would become too large, the answer is 413.",
        "It is the request that is too large, and repeating it does not help.";
    FAIL_7, "FAIL-7":
        "If somebody must sign in, the answer is 401 with `WWW-Authenticate`.",
        "HTTP demands the challenge, and some clients fail without it.";
    FAIL_8, "FAIL-8":
        "A failure tells the visitor nothing of the server, and no id.",
        "An address, a key or an id in an error page is the next attack.";
    FAIL_9, "FAIL-9":
        "A store that has just failed is not asked again for the same request.",
        "Every request would wait for two time limits when one is over.";
    FAIL_10, "FAIL-10":
        "If a fresher sign-in or one of a higher level is needed, the answer is 403.",
        "The visitor is signed in already, and a 401 would send programs round in circles.";
    FAIL_11, "FAIL-11":
        "If an owner has as many sessions as allowed, the answer to a sign-in is 409, and the session stays as it was.",
        "It is no mistake of the visitor, and another attempt does not help before something is signed out.";
    FAIL_12, "FAIL-12":
        "A sign-out that loads no session ends it also if its record cannot be read, and removes the cookie.",
        "Whoever signs out must be signed out, whatever the record says.";
    CSRF_1, "CSRF-1":
        "Safe methods pass the protection, wherever they come from.",
        "A link must work from everywhere.";
    CSRF_2, "CSRF-2":
        "Every other method needs the token, and its handler does not run without it.",
        "A page of another site can make a browser send a form with the visitor's cookies.";
    CSRF_3, "CSRF-3":
        "A request from another origin is refused though its token is good, before the session is loaded.",
        "A token that leaked must not be enough.";
    CSRF_4, "CSRF-4":
        "The token is found in the header, in an urlencoded form, and in a multipart form before its files.",
        "These are the ways in which pages send it.";
    CSRF_5, "CSRF-5":
        "The handler gets the body whole and unchanged, however much of it the protection has read.",
        "A form that loses a field, or a file that loses its beginning, is noticed by nobody.";
    CSRF_6, "CSRF-6":
        "A token is that of its session: the token of another one, or from before a sign-in, is refused.",
        "An attacker has tokens of their own.";
    CSRF_7, "CSRF-7":
        "A form is shown to a visitor and sent back without any stored session.",
        "Robots that look at a form must not fill the store, and the first form of a visit must work.";
    CSRF_8, "CSRF-8":
        "A form that is too large to be checked is refused with 413.",
        "The server must not buffer what anybody sends.";
    CSRF_9, "CSRF-9":
        "A form of an owner gets 401 if nobody is signed in any more, as a page that requires a sign-in does, and its handler does not run.",
        "Whose session has expired did nothing wrong, and must find the way to the sign-in.";
    RACE_1, "RACE-1":
        "Two requests at once on one session keep the changes of both.",
        "The slower of two tabs must not undo what the faster one did.";
    RACE_2, "RACE-2":
        "A request that ends after the sign-out is told so, and nothing comes back.",
        "Signed out is signed out, whatever is still in flight.";
    RACE_3, "RACE-3":
        "A change by a late request is dropped if its method is safe, and refused with 409 if not.",
        "A change that is not stored is not acknowledged, and a page that only looked is shown.";
    HEADER_1, "HEADER-1":
        "A request with the header of ids has its session by it: the response tells a new id there, once, and has no cookie.",
        "Programs keep no cookies, and an id in every response is an id in every log.";
    HEADER_2, "HEADER-2":
        "A request with the header neither reads nor ends the session of a cookie that came with it.",
        "A script in a page could read by the header what `HttpOnly` hides from it.";
    HEADER_3, "HEADER-3":
        "Without the header no response tells an id there, and without the setting there is no such header.",
        "What came by a cookie must never be readable.";
    HEADER_4, "HEADER-4":
        "A request with the header needs no token, and a page of another site is refused all the same.",
        "No page of another site can send the header unless CORS lets it, and a mistake there must not be enough.";
    HEADER_5, "HEADER-5":
        "Where ids may be in a header, a response whose session was loaded varies by it, too.",
        "A cache would serve the page of one program to the next.";
    LOG_1, "LOG-1":
        "No id and no token is in the log.",
        "Logs are read by more people than the database.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_readme_lists_every_rule() {
        let readme = include_str!("../README.md");
        let listed: Vec<&str> =
            readme.lines().filter(|line| line.starts_with("| ") && line.contains("-")).collect();
        for rule in ALL {
            let row = format!("| {} | {} |", rule.name(), rule.sentence());
            assert!(listed.contains(&row.as_str()), "{row}");
        }
    }

    #[test]
    fn the_readme_shows_a_test_that_runs() {
        let test = include_str!("../../session-tower/tests/conformance.rs");
        let code = test.split_once("\nuse ").map(|(_, code)| format!("use {code}")).unwrap_or_default();
        let readme = include_str!("../README.md");
        assert!(!code.is_empty() && readme.contains(&code), "the README must show {code}");
        assert!(test.lines().count() < 120, "a fixture must be short");
    }

    #[test]
    fn every_rule_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
