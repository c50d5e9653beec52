use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use session_core::config::CookieSettings;

use super::{Headers, plain_http::drops_secure_cookie};

/// Tells about mistakes in the set-up of an application, each once for a middleware.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hints {
    told: Arc<Told>,
}

#[derive(Debug, Default)]
struct Told {
    nested: AtomicBool,
    plain_http: AtomicBool,
    no_network: AtomicBool,
    unknown_id: AtomicBool,
}

impl Hints {
    /// Another layer of the same kind is around this one.
    pub(crate) fn nested(&self, kind: &str) {
        if once(&self.told.nested) {
            tracing::warn!(
                target: "alo_session",
                kind,
                "two session layers are around one service, and what the outer one's session gets is not what the inner one's \
                 has: clone one layer for both places, or give one of them its own kind and cookie with `kind`"
            );
        }
    }

    /// The fingerprint asks for a network that nobody tells.
    pub(crate) fn no_network(&self) {
        if once(&self.told.no_network) {
            tracing::warn!(
                target: "alo_session",
                "the fingerprint has the property `network`, but nothing finds the address of the client, so it protects nothing: call `network` on the session layer, or remove the property"
            );
        }
    }

    /// The session is about to be loaded for this request.
    pub(crate) fn plain_http<V: AsRef<[u8]>>(&self, headers: &Headers<'_, V>, cookie: &CookieSettings) {
        if cookie.secure
            && !self.told.plain_http.load(Ordering::Relaxed)
            && drops_secure_cookie(headers, &cookie.name)
            && once(&self.told.plain_http)
        {
            tracing::warn!(
                target: "alo_session",
                "the session cookie is `Secure`, and a page of this host came over plain HTTP: browsers drop the cookie, so each \
                 request has a new session and no sign-in lasts. Serve the site over TLS, or set `cookie.secure` to false"
            );
        }
    }

    /// An id opened nothing, at a port where other applications of the host may be at other ports.
    pub(crate) fn unknown_id(&self, cookie: &str) {
        if cookie == CookieSettings::default().name && once(&self.told.unknown_id) {
            tracing::info!(
                target: "alo_session",
                "a browser came with an id that this store does not know; it may be that of another application at another port \
                 of this host, for cookies do not tell ports apart: then give one of them its own `cookie.name`"
            );
        }
    }
}

fn once(told: &AtomicBool) -> bool {
    !told.swap(true, Ordering::Relaxed)
}
