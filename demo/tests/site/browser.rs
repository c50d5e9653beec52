use ureq::{Agent, RequestBuilder, typestate::WithBody};

use crate::page::Page;

/// The session's cookie, the one of its form tokens, and nothing else. A clone is a copy of the state at this moment, such as a stolen cookie.
#[derive(Clone)]
pub(crate) struct Browser {
    agent: Agent,
    base: String,
    pub(crate) cookie: Option<String>,
    form_cookie: Option<String>,
}

impl Browser {
    pub(crate) fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A server that refuses a form without reading it closes the connection after its response.
            .max_idle_connections(0)
            .build();
        Self { agent: config.into(), base: base.to_owned(), cookie: None, form_cookie: None }
    }

    /// The same cookie at another address: cookies do not know ports.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    pub(crate) fn get(&mut self, path: &str) -> Page {
        let mut request = self.agent.get(self.url(path));
        for cookie in [&self.cookie, &self.form_cookie].into_iter().flatten() {
            request = request.header("cookie", cookie);
        }
        self.keep_cookie(Page::read(request.call().unwrap()))
    }

    /// Opens a page, and sends a form with the token that the page carries.
    pub(crate) fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get(page).field("_csrf");
        let mut fields = fields.to_vec();
        fields.push(("_csrf", &token));
        self.post(path, &fields, &[])
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        let request = self.prepare(path, headers);
        let page = Page::read(request.send_form(fields.iter().copied()).unwrap());
        self.keep_cookie(page)
    }

    fn prepare(&self, path: &str, headers: &[(&str, &str)]) -> RequestBuilder<WithBody> {
        let mut request = self.agent.post(self.url(path));
        for cookie in [&self.cookie, &self.form_cookie].into_iter().flatten() {
            request = request.header("cookie", cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    }

    /// Adds one of a product to the cart.
    pub(crate) fn add(&mut self, sku: &str) {
        self.submit("/shop", "/cart/add", &[("sku", sku)]).expect_redirect("/shop");
    }

    pub(crate) fn sign_in(&mut self, name: &str) -> Page {
        self.submit("/sign-in", "/sign-in", &[("name", name)])
    }

    pub(crate) fn sign_out(&mut self) {
        self.submit("/shop", "/sign-out", &[]).expect_redirect("/");
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn keep_cookie(&mut self, page: Page) -> Page {
        for set in page.headers.get_all("set-cookie") {
            let set = set.to_str().unwrap();
            let pair = set.split(';').next().unwrap().to_owned();
            let removed = set.to_ascii_lowercase().contains("max-age=0");
            let cookie = if pair.contains("-csrf=") { &mut self.form_cookie } else { &mut self.cookie };
            *cookie = (!removed).then_some(pair);
        }
        page
    }
}
