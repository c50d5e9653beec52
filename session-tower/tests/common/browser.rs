use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header::SET_COOKIE},
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::log;

/// A visitor: sends requests to a router and keeps the session's cookie, and the one of its form tokens.
#[derive(Clone)]
pub struct Browser {
    app: Router,
    pub cookie: Option<String>,
    pub form_cookie: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Browser {
    pub fn new(app: &Router) -> Self {
        log::capture();
        Self { app: app.clone(), cookie: None, form_cookie: None }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, form: &str) -> Page {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    pub async fn call(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Sends a request, and keeps no cookie of the response, whose body may be anything.
    pub async fn send_bytes(&self, mut request: Request<Body>) -> (StatusCode, Vec<u8>) {
        self.add_cookies(&mut request);
        let response = self.app.clone().oneshot(request).await.unwrap();
        (response.status(), response.into_body().collect().await.unwrap().to_bytes().into())
    }

    fn add_cookies(&self, request: &mut Request<Body>) {
        for (name, value) in [("AloSession", &self.cookie), ("AloSession-csrf", &self.form_cookie)] {
            let Some(value) = value else { continue };
            let pair = HeaderValue::from_str(&format!("{name}={value}")).unwrap();
            request.headers_mut().append("cookie", pair);
        }
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Page {
        self.add_cookies(&mut request);
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let page = Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.collect().await.unwrap().to_bytes().into()).unwrap(),
        };
        if let Some(value) = page.session_cookie() {
            log::keep_secret(value);
            assert!(!format!("{:?}", page.headers).contains(value) || value.is_empty());
            self.cookie = (!value.is_empty()).then(|| value.to_owned());
        }
        if let Some(value) = page.form_cookie() {
            log::keep_secret(value);
            assert!(!format!("{:?}", page.headers).contains(value));
            self.form_cookie = Some(value.to_owned());
        }
        log::assert_discreet();
        page
    }
}

impl Page {
    /// The new value of the session's cookie; empty if it is removed.
    pub fn session_cookie(&self) -> Option<&str> {
        self.set_cookie("AloSession=")
    }

    /// The new value of the cookie of the form tokens.
    pub fn form_cookie(&self) -> Option<&str> {
        self.set_cookie("AloSession-csrf=")
    }

    fn set_cookie(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(SET_COOKIE).iter();
        values.find_map(|value| value.to_str().unwrap().strip_prefix(name)?.split(';').next())
    }

    pub fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter();
        let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
        values.join("|")
    }
}
