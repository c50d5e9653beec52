use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use base64ct::Encoding as _;
use serde_json::{Value, json};
use ureq::Agent;

use crate::driver::chromium;

/// A device: a browser with cookies of its own, driven by the WebDriver protocol (<https://www.w3.org/TR/webdriver2/>).
pub(crate) struct Profile {
    agent: Agent,
    session: String,
    site: String,
    directory: PathBuf,
}

impl Profile {
    pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

    /// A fresh browser that looks at this site.
    pub(crate) fn new(driver: &str, site: &str) -> Self {
        Self::with(driver, site, &[])
    }

    /// A fresh browser with more arguments.
    pub(crate) fn with(driver: &str, site: &str, more: &[&str]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("session-browser-{}-{number}", std::process::id()));
        let arguments = [
            "--headless=new",
            // It does not start as root otherwise; it shows this site alone.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
            "--window-size=900,700",
        ];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", directory.display()));
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            // Two tabs can be loading at once.
            "pageLoadStrategy": "none",
            "goog:chromeOptions": {"binary": chromium().unwrap(), "args": arguments},
        }}});
        let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
        let started = send(&agent, "POST", &format!("{driver}/session"), &capabilities);
        let id = started["sessionId"].as_str().unwrap().to_owned();
        Self { agent, session: format!("{driver}/session/{id}"), site: site.to_owned(), directory }
    }

    /// Opens a page of the site and waits until it is loaded.
    pub(crate) fn open(&self, path: &str) {
        self.post("url", &json!({"url": format!("{}{path}", self.site)}));
        self.wait_until_loaded(path);
    }

    /// Opens a page of another site and waits until it is loaded.
    pub(crate) fn open_elsewhere(&self, url: &str) {
        self.post("url", &json!({"url": url}));
        let loaded = format!("return document.readyState === 'complete' && location.href === '{url}'");
        self.until(&format!("{url} is loaded"), || self.run(&loaded) == Value::Bool(true));
    }

    /// Runs JavaScript that hands its result to `done(..)`, and waits for it.
    pub(crate) fn result_of(&self, script: &str) -> Value {
        self.run(&format!(
            "window.result = null; const done = (result) => {{ window.result = result }}; {script}"
        ));
        self.until(&format!("there is a result of {script}"), || !self.run("return window.result").is_null());
        self.run("return window.result")
    }

    /// Gives the browser a cookie, as a thief does.
    pub(crate) fn add_cookie(&self, name: &str, value: &str) {
        self.post(
            "cookie",
            &json!({"cookie": {"name": name, "value": value, "secure": true, "httpOnly": true}}),
        );
    }

    /// Changes the browser's user agent, as an update or "desktop site" does.
    pub(crate) fn set_user_agent(&self, agent: &str) {
        let parameters = json!({"userAgent": agent});
        let command = json!({"cmd": "Emulation.setUserAgentOverride", "params": parameters});
        self.post("goog/cdp/execute", &command);
    }

    /// Goes forward, as the button of the browser does.
    pub(crate) fn forward(&self, path: &str) {
        self.post("forward", &json!({}));
        self.wait_until_loaded(path);
    }

    pub(crate) fn wait_until_loaded(&self, path: &str) {
        let loaded = format!("return document.readyState === 'complete' && location.pathname === '{path}'");
        self.until(&format!("{path} is loaded"), || self.run(&loaded) == Value::Bool(true));
    }

    /// Clicks, and waits until the next page is loaded.
    pub(crate) fn follow(&self, selector: &str) {
        self.run("document.documentElement.dataset.old = '1'");
        self.click(selector);
        let gone = "return !document.documentElement.dataset.old && document.readyState === 'complete'";
        self.until(&format!("{selector} leads somewhere"), || self.run(gone) == Value::Bool(true));
    }

    /// Clicks, and does not wait.
    pub(crate) fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.post(&format!("element/{element}/click"), &json!({}));
    }

    pub(crate) fn fill(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.post(&format!("element/{element}/value"), &json!({"text": text}));
    }

    /// Goes back, as the button of the browser does.
    pub(crate) fn back(&self, path: &str) {
        self.post("back", &json!({}));
        self.wait_until_loaded(path);
    }

    /// Returns the text that a person reads on the page.
    pub(crate) fn text(&self) -> String {
        self.run("return document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn path(&self) -> String {
        self.run("return location.pathname").as_str().unwrap_or_default().to_owned()
    }

    /// Returns every cookie that the browser holds for the site, with its attributes.
    pub(crate) fn cookies(&self) -> Vec<Value> {
        self.get("cookie").as_array().unwrap().clone()
    }

    /// Opens another tab and goes there. Returns the handles of both.
    pub(crate) fn another_tab(&self) -> (Value, Value) {
        let first = self.get("window");
        let second = self.post("window/new", &json!({"type": "tab"}))["handle"].clone();
        self.switch(&second);
        (first, second)
    }

    pub(crate) fn switch(&self, tab: &Value) {
        self.post("window", &json!({"handle": tab}));
    }

    /// Runs JavaScript in the page.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.post("execute/sync", &json!({"script": script, "args": []}))
    }

    pub(crate) fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_so() {
            assert!(
                start.elapsed() < Self::PATIENCE,
                "not within {:?}: {what}; the page: {}",
                Self::PATIENCE,
                self.text()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Saves a picture of the page in the build directory.
    pub(crate) fn photograph(&self, name: &str) {
        let picture = self.get("screenshot");
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("browser");
        fs::create_dir_all(&directory).unwrap();
        let bytes = base64ct::Base64::decode_vec(picture.as_str().unwrap()).unwrap();
        fs::write(directory.join(format!("{name}.png")), bytes).unwrap();
    }

    fn element(&self, selector: &str) -> String {
        let found = self.post("element", &json!({"using": "css selector", "value": selector}));
        let reference = found.as_object().and_then(|found| found.values().next());
        reference
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no {selector} on: {}", self.text()))
            .to_owned()
    }

    fn get(&self, what: &str) -> Value {
        send(&self.agent, "GET", &format!("{}/{what}", self.session), &Value::Null)
    }

    fn post(&self, what: &str, body: &Value) -> Value {
        send(&self.agent, "POST", &format!("{}/{what}", self.session), body)
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Sends one command and returns its `value`. A command that fails fails the test.
fn send(agent: &Agent, method: &str, url: &str, body: &Value) -> Value {
    let sent = match method {
        "GET" => agent.get(url).call(),
        _ => agent.post(url).header("content-type", "application/json").send(body.to_string()),
    };
    let text = sent.unwrap().body_mut().read_to_string().unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap();
    let value = answer["value"].clone();
    assert!(value["error"].is_null(), "{method} {url}: {} {}", value["error"], value["message"]);
    value
}
