use http::{Method, header, request::Parts};
use session_core::{Visit, visit::CrossSite};

use crate::{driver::Driver, flaw::Flaw};

/// A request, as far as its session is concerned.
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) parts: Parts,
    cookies: Vec<Vec<u8>>,
    user_agent: Option<Vec<u8>>,
}

impl Ask {
    pub(crate) fn new(parts: Parts, driver: &Driver) -> Self {
        let user_agent = parts.headers.get(header::USER_AGENT).map(|value| value.as_bytes().to_vec());
        let mut ask = Self { method: parts.method.clone(), cookies: cookies(&parts), user_agent, parts };
        ask.spoil(driver);
        ask
    }

    /// Whether it shows that a method only looks.
    pub(crate) fn is_safe(&self) -> bool {
        self.method.is_safe()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// The value of the session's cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let all = self.cookies.iter().flat_map(|header| header.split(|byte| *byte == b';'));
        let mut pairs = all.filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }

    pub(crate) fn visit(&self, driver: &Driver) -> Visit<'_> {
        let mut visit = self.cookies.iter().fold(Visit::new(), |visit, header| visit.cookie(header));
        if let Some(id) = self.id(driver) {
            let has_cookie = self.cookie(driver.cookie()).is_some();
            let is_by_cookie = match driver.flaw {
                Flaw::TheCookieCountsToo => has_cookie && id.is_empty(),
                Flaw::TheCookieGoesFirst => has_cookie,
                _ => false,
            };
            if !is_by_cookie {
                visit = Visit::new().id_header(id);
            }
        }
        let unseen = self.method == Method::HEAD && !driver.is(Flaw::HeadIsSeen)
            || self.is_prefetch() && !driver.is(Flaw::PrefetchIsSeen);
        if unseen {
            visit = visit.unseen();
        }
        if self.is_safe() && !driver.is(Flaw::MethodIsNotTold) || driver.is(Flaw::EveryMethodIsSafe) {
            visit = visit.safe();
        }
        if let Some(kind) = self.cross_site(driver).filter(|_| !driver.is(Flaw::NeverCrossSite)) {
            visit = visit.cross_site(kind);
        }
        match &self.user_agent {
            Some(agent) if driver.is(Flaw::UserAgentIsCut) => visit.user_agent(&agent[..agent.len().min(10)]),
            Some(agent) if !driver.is(Flaw::NoUserAgent) => visit.user_agent(agent),
            _ => visit,
        }
    }

    /// The value of the header that carries an id.
    pub(crate) fn id(&self, driver: &Driver) -> Option<&[u8]> {
        self.parts.headers.get(driver.id_header()?).map(|value| value.as_bytes())
    }

    fn is_prefetch(&self) -> bool {
        ["sec-purpose", "purpose", "x-moz"]
            .iter()
            .any(|name| self.header(name).is_some_and(|value| value.starts_with("prefetch")))
    }

    fn cross_site(&self, driver: &Driver) -> Option<CrossSite> {
        match self.header("sec-fetch-site") {
            Some("cross-site") if self.is_safe() && self.header("sec-fetch-mode") == Some("navigate") => {
                Some(CrossSite::Navigation)
            }
            Some("cross-site") => Some(CrossSite::Other),
            Some(_) => None,
            None if driver.is(Flaw::CrossSiteByMetadataOnly) => None,
            None => {
                let (_, host) = self.header("origin")?.split_once("://")?;
                (Some(host) != self.header("host")).then_some(CrossSite::Other)
            }
        }
    }

    /// What flaws make of the cookies.
    fn spoil(&mut self, driver: &Driver) {
        let name = driver.cookie().to_owned();
        let join =
            |cookies: &[Vec<u8>]| String::from_utf8_lossy(&cookies.join(b"; ".as_slice())).into_owned();
        match driver.flaw {
            Flaw::FirstHeaderOnly => self.cookies.truncate(1),
            Flaw::TextCookiesOnly => self.cookies.retain(|header| std::str::from_utf8(header).is_ok()),
            Flaw::SignsOutOfTheLast => drop(self.cookies.drain(..self.cookies.len().saturating_sub(1))),
            Flaw::FirstCookieOnly | Flaw::SignsOutOfTheFirst => {
                let value = self.cookie(&name);
                self.cookies =
                    value.map(|value| format!("{name}={value}").into_bytes()).into_iter().collect();
            }
            Flaw::NamesFoldCase => {
                let text = join(&self.cookies);
                let pairs = text.split(';').map(|pair| match pair.trim().split_once('=') {
                    // The secret's letters are what they are; the test folds the whole pair.
                    Some((key, value)) if key.eq_ignore_ascii_case(&name) || key.ends_with(&name) => {
                        format!("{name}={value}")
                    }
                    _ => pair.trim().to_owned(),
                });
                self.cookies = vec![pairs.collect::<Vec<_>>().join("; ").into_bytes()];
            }
            Flaw::KeepsTheLast => {
                let mut kept = driver.kept();
                if self.cookies.is_empty() {
                    self.cookies.extend(kept.cookie.clone().map(String::into_bytes));
                } else {
                    kept.cookie = Some(join(&self.cookies));
                }
            }
            Flaw::AliasesUnknownIds | Flaw::OldIdsLive | Flaw::SignInKeepsTheId => {
                let kept = driver.kept();
                if let Some(mut value) = self.cookie(&name) {
                    while let Some(next) = kept.aliases.get(&value).filter(|next| **next != value) {
                        value = next.clone();
                    }
                    drop(kept);
                    self.cookies = vec![format!("{name}={value}").into_bytes()];
                }
            }
            _ => {}
        }
    }
}

fn cookies(parts: &Parts) -> Vec<Vec<u8>> {
    parts.headers.get_all(header::COOKIE).iter().map(|value| value.as_bytes().to_vec()).collect()
}
