//! Programs without cookies, whose ids travel in a header.

use super::csrf::token;
use crate::{
    case::{Checked, cases, same},
    client::{Browser, Page, Request},
    handler::Act,
    site::{Site, Stage},
};

cases! {
    HEADER_1: [a_program_is_told_its_id_once, a_program_is_told_the_end];
    HEADER_2: [a_cookie_beside_the_header_is_left_alone];
    HEADER_3: [a_browser_is_never_told_its_id, a_site_without_the_setting_has_no_such_header];
    HEADER_4: [a_program_needs_no_token, a_page_of_another_site_is_refused_with_the_header];
    HEADER_5: [what_depends_on_the_header_varies_by_it];
}

const NAME: &str = "X-Session-Id";
const LOWER: &str = "x-session-id";

fn site(stage: &Stage) -> Checked<Site> {
    stage.site_with(|settings| settings.id_header = Some(NAME.to_owned()))
}

/// A program that keeps the value of the last response that had the header.
#[derive(Clone, Default)]
struct Program {
    id: String,
    /// What a browser around it would send.
    cookie: Option<String>,
}

impl Program {
    fn send(&mut self, site: &Site, request: &Request) -> Checked<Page> {
        let mut request = request.clone().header(NAME, &self.id);
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let page = site.send(&request)?;
        if let [id] = page.all(LOWER).as_slice() {
            (*id).clone_into(&mut self.id);
        }
        let (cookies, lines) = (page.cookies().len(), page.all(LOWER).len());
        page.check(cookies == 0, format!("a program that sends the header gets {cookies} cookies"))?
            .check(lines <= 1, format!("it has the header {lines} times"))
    }

    fn act(&mut self, site: &Site, act: &Act) -> Checked<Page> {
        self.send(site, &Request::act(act))
    }

    /// A program in which this owner is signed in.
    fn signed_in(site: &Site, owner: &str) -> Checked<Self> {
        let mut program = Self::default();
        let page = program.send(site, &Request::act(&Act::new().login(owner)).method("POST"))?.is(200)?;
        let is_told = !program.id.is_empty();
        page.check(is_told, "a sign-in with the header is not told its id there")?;
        Ok(program)
    }
}

fn tells_nothing(page: Page) -> Checked<Page> {
    let is_silent = page.all(LOWER).is_empty();
    page.check(is_silent, "it has the header, and must not")
}

fn a_program_is_told_its_id_once(stage: &Stage) -> Checked {
    let site = site(stage)?;
    let mut program = Program::signed_in(&site, "ada")?;
    tells_nothing(program.act(&site, &Act::new().owner())?.answers("ada")?)?;
    tells_nothing(program.act(&site, &Act::new().set("name", "Ada"))?.is(200)?)?;
    let old = program.clone();
    program.act(&site, &Act::new().login("ada"))?.is(200)?;
    let is_new = old.id != program.id;
    let page = old.clone().act(&site, &Act::new().owner())?.answers("nobody")?;
    page.check(is_new, "another sign-in is not told its id")?;
    program.act(&site, &Act::new().owner().get("name"))?.answers("ada Ada")?;
    // What the client made up is no id.
    let mut planted = Program { id: "A".repeat(86), cookie: None };
    planted.act(&site, &Act::new().set("name", "Eve"))?.is(200)?;
    same("whether an id that was made up is kept", &(planted.id == "A".repeat(86)), &false)
}

fn a_program_is_told_the_end(stage: &Stage) -> Checked {
    let site = site(stage)?;
    let mut program = Program::signed_in(&site, "ada")?;
    let mut old = program.clone();
    let page = program.send(&site, &Request::act(&Act::new().then("logout", "")).method("POST"))?.is(200)?;
    let told = page.all(LOWER) == [""];
    page.check(told, "a sign-out does not empty the header")?;
    old.act(&site, &Act::new().owner())?.answers("nobody")?;
    Ok(())
}

/// `name=value` of the session's cookie.
fn pair(site: &Site, browser: &Browser) -> String {
    format!("{}={}", site.cookie(), browser.cookies.get(site.cookie()).map_or("", String::as_str))
}

fn a_cookie_beside_the_header_is_left_alone(stage: &Stage) -> Checked {
    let site = site(stage)?;
    let mut ada = site.ada()?;
    let mut program = Program { id: String::new(), cookie: Some(pair(&site, &ada)) };
    program.act(&site, &Act::new().owner())?.answers("nobody")?;
    program.act(&site, &Act::new().login("bob"))?.is(200)?;
    program.act(&site, &Act::new().owner())?.answers("bob")?;
    program.send(&site, &Request::act(&Act::new().then("logout", "")).method("POST"))?.is(200)?;
    same("the sessions of bob", &site.sessions_of("bob")?, &0)?;
    same("who has the cookie that came beside the header", &ada.who()?, &"ada".to_owned())
}

fn a_browser_is_never_told_its_id(stage: &Stage) -> Checked {
    let site = site(stage)?;
    let mut ada = site.browser();
    tells_nothing(ada.act(&Act::new().login("ada"))?.is(200)?)?.cookie(site.cookie())?;
    for act in [Act::new().owner(), Act::new().set("name", "Ada"), Act::new().then("token", "")] {
        tells_nothing(ada.act(&act)?.is(200)?)?;
    }
    tells_nothing(ada.act(&Act::new().then("logout", ""))?.is(200)?)?.removal(site.cookie())?;
    Ok(())
}

fn a_site_without_the_setting_has_no_such_header(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let request = Request::act(&Act::new().set("name", "Ada")).header(NAME, "");
    tells_nothing(site.send(&request)?.is(200)?)?.cookie(site.cookie())?;
    let mut ada = site.ada()?;
    ada.send(&Request::act(&Act::new().owner()).header(NAME, ""))?.answers("ada")?;
    Ok(())
}

fn a_program_needs_no_token(stage: &Stage) -> Checked {
    let site = site(stage)?;
    let mut program = Program::signed_in(&site, "ada")?;
    let change = Request::guarded(&Act::new().set("name", "Eve").then("say", "done"));
    for method in ["POST", "PUT", "DELETE"] {
        program.send(&site, &change.clone().method(method))?.answers("done")?;
    }
    // A browser needs it as before.
    let mut browser = site.ada()?;
    browser.send(&change)?.is(403)?;
    let token = token(&mut browser)?;
    browser.send(&change.header("X-CSRF-Token", token))?.answers("done")?;
    Ok(())
}

fn a_page_of_another_site_is_refused_with_the_header(stage: &Stage) -> Checked {
    let site = site(stage)?;
    let mut program = Program::signed_in(&site, "ada")?;
    let change = Request::guarded(&Act::new().set("name", "Eve"));
    for headers in [[("Origin", "https://evil.example")], [("Sec-Fetch-Site", "cross-site")]] {
        program.send(&site, &change.clone().headers(&headers))?.is(403)?;
    }
    program.act(&site, &Act::new().owner().get("name"))?.answers("ada -")?;
    Ok(())
}

fn what_depends_on_the_header_varies_by_it(stage: &Stage) -> Checked {
    let site = site(stage)?;
    let mut program = Program::signed_in(&site, "ada")?;
    let pages = [
        program.act(&site, &Act::new().owner())?,
        site.browser().act(&Act::new().owner())?,
        site.ada()?.act(&Act::new().header("vary", "Accept").owner())?,
    ];
    pages.into_iter().try_for_each(|page| {
        let vary = page.header("vary");
        let varies = page.says("vary", LOWER) && page.says("vary", "cookie");
        page.check(varies, format!("it has `Vary: {vary}`, without the header or the cookie")).map(drop)
    })
}
