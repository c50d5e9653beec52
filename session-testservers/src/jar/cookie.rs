use std::time::Duration;

use super::{Trip, date};

/// A cookie in the jar.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cookie {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// The domain, or the host itself for a cookie of one host.
    pub domain: String,
    /// Whether the cookie goes to this host alone.
    pub host_only: bool,
    /// The path.
    pub path: String,
    /// Whether the cookie goes over secure connections alone.
    pub secure: bool,
    /// Whether scripts do not see it.
    pub http_only: bool,
    /// Which requests of other sites it goes with.
    pub same_site: SameSiteRule,
    /// The site that it is partitioned by.
    pub partition: Option<String>,
    /// When it expires, since 1970. `None` with the browser.
    pub expires: Option<Duration>,
    /// When it was first set, since 1970.
    pub created: Duration,
}

/// The `SameSite` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SameSiteRule {
    /// Never with a request of another site.
    Strict,
    /// Only with a navigation by a safe method.
    Lax,
    /// As `Lax`; in the first two minutes also with a navigation by another method.
    Unset,
    /// With every request.
    None,
}

// RFC 6265bis, sections 5.5 and 5.6.
const LONGEST: Duration = Duration::from_secs(400 * 86_400);
const MAX_PAIR: usize = 4096;
const MAX_ATTRIBUTE: usize = 1024;

impl Cookie {
    /// Reads a `Set-Cookie` header that came back from this trip. `None` if a browser ignores it.
    pub(super) fn parse(header: &str, trip: &Trip, now: Duration) -> Option<Self> {
        if header.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
            return None;
        }
        let mut parts = header.split(';');
        let pair = parts.next()?;
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let (name, value) = (name.trim(), value.trim());
        if name.len() + value.len() > MAX_PAIR || (name.is_empty() && value.is_empty()) {
            return None;
        }
        let mut cookie = Self {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: trip.to.host.clone(),
            host_only: true,
            path: default_path(&trip.to.path).to_owned(),
            secure: false,
            http_only: false,
            same_site: SameSiteRule::Unset,
            partition: None,
            expires: None,
            created: now,
        };
        let (mut max_age, mut domain, mut root) = (None, String::new(), false);
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if value.len() > MAX_ATTRIBUTE {
                continue;
            }
            match key.as_str() {
                "expires" => {
                    let date = date::parse(value).map(|at| at.min(now + LONGEST));
                    cookie.expires = date.or(cookie.expires);
                }
                "max-age" => max_age = seconds(value).or(max_age),
                "domain" => domain = value.strip_prefix('.').unwrap_or(value).to_ascii_lowercase(),
                "path" => {
                    root = value == "/";
                    let path = if value.starts_with('/') { value } else { default_path(&trip.to.path) };
                    path.clone_into(&mut cookie.path);
                }
                "secure" => cookie.secure = true,
                "httponly" => cookie.http_only = true,
                "samesite" => cookie.same_site = rule(value),
                "partitioned" => cookie.partition = Some(trip.partition()),
                _ => {}
            }
        }
        if let Some(age) = max_age {
            cookie.expires = Some(if age.is_zero() { Duration::ZERO } else { now + age.min(LONGEST) });
        }
        cookie.take_domain(&domain, trip)?;
        cookie.is_allowed(trip, root).then_some(cookie)
    }

    fn take_domain(&mut self, domain: &str, trip: &Trip) -> Option<()> {
        let host = &trip.to.host;
        // Without a list of public suffixes, a single label is one.
        let is_suffix = !domain.contains('.');
        match domain {
            "" => {}
            _ if is_suffix || trip.to.is_address() => {
                if domain != host {
                    return None;
                }
            }
            _ => {
                if !is_within(host, domain) {
                    return None;
                }
                domain.clone_into(&mut self.domain);
                self.host_only = false;
            }
        }
        Some(())
    }

    fn is_allowed(&self, trip: &Trip, root: bool) -> bool {
        let needs_secure = self.same_site == SameSiteRule::None || self.partition.is_some();
        let is_secure = !self.secure || trip.to.is_trustworthy();
        let is_own = self.same_site == SameSiteRule::None || trip.is_same_site() || trip.is_navigation();
        // A browser compares the prefixes without regard to case; a nameless cookie must not pretend to have one.
        let begins = |text: &str, prefix: &str| {
            text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        let pretends =
            self.name.is_empty() && (begins(&self.value, "__Secure-") || begins(&self.value, "__Host-"));
        let keeps_prefix = (!begins(&self.name, "__Secure-") || self.secure)
            && (!begins(&self.name, "__Host-") || (self.secure && self.host_only && root));
        is_secure && (self.secure || !needs_secure) && is_own && !pretends && keeps_prefix
    }

    /// Returns whether the cookie goes with this request.
    pub(super) fn goes_with(&self, trip: &Trip, now: Duration) -> bool {
        let to = &trip.to;
        let is_host = if self.host_only { to.host == self.domain } else { is_within(&to.host, &self.domain) };
        let crosses = match self.same_site {
            SameSiteRule::None => true,
            SameSiteRule::Strict => false,
            SameSiteRule::Lax => trip.is_navigation() && trip.is_safe(),
            SameSiteRule::Unset => {
                let is_young = now.saturating_sub(self.created) < Duration::from_secs(120);
                trip.is_navigation() && (trip.is_safe() || is_young)
            }
        };
        is_host
            && is_below(&to.path, &self.path)
            && (!self.secure || to.is_trustworthy())
            && (crosses || trip.is_same_site())
            && self.partition.as_ref().is_none_or(|site| *site == trip.partition())
            && !self.is_over(now)
    }

    pub(super) fn is_over(&self, now: Duration) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Returns whether it is the same cookie with another value.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        (&self.name, &self.domain, self.host_only, &self.path, &self.partition)
            == (&other.name, &other.domain, other.host_only, &other.path, &other.partition)
    }

    /// Returns whether this one, set over an insecure connection, would hide that one, which is secure.
    pub(super) fn hides(&self, other: &Self) -> bool {
        other.secure
            && self.name == other.name
            && (is_within(&self.domain, &other.domain) || is_within(&other.domain, &self.domain))
            && is_below(&self.path, &other.path)
    }
}

/// Whether the host is the domain or below it.
fn is_within(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether the path is that of the cookie or below it.
fn is_below(path: &str, of_cookie: &str) -> bool {
    path.strip_prefix(of_cookie)
        .is_some_and(|rest| rest.is_empty() || of_cookie.ends_with('/') || rest.starts_with('/'))
}

fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        Some(at) if at > 0 && path.starts_with('/') => path.get(..at).unwrap_or("/"),
        _ => "/",
    }
}

/// Reads `Max-Age`: zero if it is not positive, `None` if it is not a number.
fn seconds(text: &str) -> Option<Duration> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = if digits.len() < text.len() { 0 } else { digits.parse().unwrap_or(u64::MAX) };
    Some(Duration::from_secs(seconds))
}

fn rule(text: &str) -> SameSiteRule {
    match text.to_ascii_lowercase().as_str() {
        "strict" => SameSiteRule::Strict,
        "lax" => SameSiteRule::Lax,
        "none" => SameSiteRule::None,
        _ => SameSiteRule::Unset,
    }
}
