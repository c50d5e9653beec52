use std::{convert::Infallible, io};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use session_core::{
    OpenSession,
    config::CookieSettings,
    cookie::SetCookie,
    exchange::{id_header, set_cookie, visitor_cookie},
};
use session_driverkit::Answer;

use crate::{
    ask::Ask,
    driver::Driver,
    flaw::Flaw,
    slot::{Mine, is_known},
};

pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

pub(crate) fn text(status: u16, text: impl Into<Bytes>) -> Response<Body> {
    let never = |error: Infallible| match error {};
    let mut response = Response::new(Full::new(text.into()).map_err(never).boxed_unsync());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

/// The response that the kit's handler wishes.
pub(crate) fn respond(answer: Answer<Mine>) -> Response<Body> {
    let mut response = text(answer.status, "");
    for (name, value) in &answer.headers {
        let (name, value): (HeaderName, HeaderValue) = (name.parse().unwrap(), value.parse().unwrap());
        response.headers_mut().append(name, value);
    }
    *response.body_mut() = StreamBody::new(answer.into_stream().map_ok(Frame::data)).boxed_unsync();
    response
}

/// Writes what the browser and the caches must know.
pub(crate) fn write_head(driver: &Driver, ask: &Ask, session: &OpenSession, response: &mut Response<Body>) {
    let is_success = !response.status().is_server_error();
    let status = response.status().as_u16();
    let headers = response.headers_mut();
    let sets = if driver.is(Flaw::NoCookieWithErrors) && !is_success
        || driver.is(Flaw::HandshakesHaveNoCookie) && status == 101
    {
        false
    } else {
        cookies(driver, ask, session, headers, status)
    };
    id(driver, ask, session, headers);
    vary(driver, ask, headers, sets);
    caches(driver, headers);
}

/// Tells a program its id.
fn id(driver: &Driver, ask: &Ask, session: &OpenSession, headers: &mut HeaderMap) {
    let Some(name) = driver.id_header() else { return };
    let name: HeaderName = name.parse().unwrap();
    let brought = || ask.id(driver).map(|id| String::from_utf8_lossy(id).into_owned());
    let set = headers.get(header::SET_COOKIE).and_then(|text| text.to_str().ok()?.split(';').next());
    let of_cookie = set.and_then(|pair| pair.split_once('=')).map(|(_, id)| id.to_owned());
    let told = id_header(session).map(|id| id.to_string());
    let told = match driver.flaw {
        Flaw::IdsAreToldEveryTime => told.or_else(brought),
        Flaw::TheEndIsNotTold => told.filter(|id| !id.is_empty()),
        Flaw::BrowsersAreToldTheId => told.or(of_cookie),
        Flaw::HeaderAndCookie => {
            if let Some(id) = &told {
                append(driver, headers, Some(&format!("{}={id}; Path=/", driver.cookie())));
            }
            told
        }
        _ => told,
    };
    if let Some(id) = told {
        headers.insert(name, HeaderValue::from_str(&id).unwrap());
    }
}

/// Writes the cookies, and returns whether there is one of the session.
fn cookies(driver: &Driver, ask: &Ask, session: &OpenSession, headers: &mut HeaderMap, status: u16) -> bool {
    let settings = &driver.sessions.context().config().cookie;
    let (name, brought) = (settings.name.as_str(), ask.cookie(driver.cookie()));
    let used = match driver.flaw {
        Flaw::DefaultAttributes => {
            let mut plain = CookieSettings::default();
            plain.name.clone_from(&settings.name);
            plain
        }
        _ => settings.clone(),
    };
    let wanted = set_cookie(session);
    let mut text = wanted.header(&used).map(|text| text.to_string());
    match driver.flaw {
        Flaw::CookieIsReadable => text = text.map(|text| text.replace("; HttpOnly", "")),
        Flaw::NoMaxAge => {
            let without = |text: &str| {
                let parts = text
                    .split("; ")
                    .filter(|part| !part.starts_with("Max-Age=1") && !part.starts_with("Max-Age=4"));
                parts.collect::<Vec<_>>().join("; ")
            };
            text = text.map(|text| without(&text));
        }
        Flaw::RemovesBareCookie if wanted == SetCookie::Remove => text = Some(format!("{name}=; Max-Age=0")),
        Flaw::NeverRemoves if wanted == SetCookie::Remove => text = None,
        Flaw::CookieEveryTime | Flaw::RenewsLateCookies if text.is_none() => {
            let is_for = driver.is(Flaw::RenewsLateCookies) || is_known(session);
            text = brought.as_ref().filter(|_| is_for).map(|value| format!("{name}={value}; Path=/"));
        }
        Flaw::ConflictsRemoveTheCookie if status == 409 => {
            text = SetCookie::Remove.header(&used).map(|text| text.to_string());
        }
        Flaw::CookieBeforeTheSave if status == 503 => {
            text = Some(format!("{name}={}; Path=/", "A".repeat(86)));
        }
        Flaw::FailuresRemoveTheCookie if status == 503 => {
            text = SetCookie::Remove.header(&used).map(|text| text.to_string());
        }
        Flaw::CookieOfTheLast => {
            let mut kept = driver.kept();
            match &text {
                Some(text) => kept.set_cookie = Some(text.clone()),
                None if brought.is_none() => text.clone_from(&kept.set_cookie),
                None => {}
            }
        }
        Flaw::AliasesUnknownIds | Flaw::OldIdsLive | Flaw::SignInKeepsTheId => {
            alias(driver, brought, &mut text);
        }
        _ => {}
    }
    let form = visitor_cookie(session, &used).map(|text| text.to_string());
    let form = match driver.flaw {
        Flaw::NoFormCookie => None,
        Flaw::FormCookieEveryTime => form.or_else(|| {
            let name = format!("{name}-csrf");
            ask.cookie(&name).map(|value| format!("{name}={value}; Path=/; Secure; HttpOnly"))
        }),
        _ => form,
    };
    append(driver, headers, text.as_deref());
    if driver.is(Flaw::CookieTwice) {
        append(driver, headers, text.as_deref());
    }
    append(driver, headers, form.as_deref());
    text.is_some()
}

/// Lets the id that was brought stand for the new one.
fn alias(driver: &Driver, brought: Option<String>, text: &mut Option<String>) {
    let new = text
        .as_ref()
        .and_then(|text| text.split(';').next()?.split_once('='))
        .map(|(_, value)| value.to_owned());
    let (Some(old), Some(new)) = (brought, new.filter(|new| !new.is_empty())) else { return };
    driver.kept().aliases.insert(old, new);
    if !driver.is(Flaw::OldIdsLive) {
        *text = None;
    }
}

fn append(driver: &Driver, headers: &mut HeaderMap, text: Option<&str>) {
    let Some(text) = text else { return };
    let value = HeaderValue::from_str(text).unwrap();
    match driver.flaw {
        Flaw::ReplacesSetCookie => drop(headers.insert(header::SET_COOKIE, value)),
        Flaw::JoinsSetCookies => {
            let all = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
            let joined = all.chain([text]).collect::<Vec<_>>().join(", ");
            headers.insert(header::SET_COOKIE, HeaderValue::from_str(&joined).unwrap());
        }
        _ => drop(headers.append(header::SET_COOKIE, value)),
    }
}

fn vary(driver: &Driver, ask: &Ask, headers: &mut HeaderMap, sets: bool) {
    let by_header = driver.id_header().filter(|_| match driver.flaw {
        Flaw::VariesByTheCookieOnly => false,
        Flaw::VariesByTheHeaderIfItIsThere => ask.id(driver).is_some(),
        _ => true,
    });
    if let Some(name) = by_header {
        headers.append(header::VARY, HeaderValue::from_str(&name).unwrap());
    }
    let cookie = HeaderValue::from_static("Cookie");
    let names = headers.get_all(header::VARY).iter().filter_map(|value| value.to_str().ok());
    let has = names.flat_map(|line| line.split(',')).any(|name| name.trim().eq_ignore_ascii_case("cookie"));
    match driver.flaw {
        Flaw::NoVary => {}
        Flaw::VariesWithACookieOnly if !sets => {}
        Flaw::ReplacesVary => drop(headers.insert(header::VARY, cookie)),
        _ if has => {}
        _ => drop(headers.append(header::VARY, cookie)),
    }
}

fn caches(driver: &Driver, headers: &mut HeaderMap) {
    let no_store = || HeaderValue::from_static("no-store");
    for name in ["cdn-cache-control", "surrogate-control"] {
        let is_forgotten =
            driver.is(Flaw::ForgetsCdns) || driver.is(Flaw::ForgetsSurrogates) && name == "surrogate-control";
        if headers.contains_key(name) && !is_forgotten {
            headers.insert(name, no_store());
        }
    }
    let own = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_personal = own.contains("no-store") || own.contains("private") && !own.contains("public");
    let keeps = match driver.flaw {
        Flaw::Cacheable | Flaw::FailuresAreCacheable => true,
        Flaw::KeepsPublic => !own.is_empty(),
        Flaw::OverridesPrivate => false,
        _ => is_personal,
    };
    if !keeps {
        headers.insert(header::CACHE_CONTROL, no_store());
    }
}
