//! Which header may carry an id.

use super::error::Problems;

/// Headers that a page of another site can make a browser send without being asked (Fetch, section 2.2.2), that browsers send by
/// themselves, or that have another meaning for a session.
const TAKEN: [&str; 34] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "authorization",
    "cache-control",
    "connection",
    "content-language",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "device-memory",
    "dnt",
    "downlink",
    "dpr",
    "ect",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "pragma",
    "range",
    "referer",
    "rtt",
    "save-data",
    "set-cookie",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "width",
];

/// What begins like these is set by browsers and proxies, or by no program.
const TAKEN_PREFIXES: [&str; 5] = ["sec-", "proxy-", "if-", "access-control-", "viewport-"];

const LONGEST: usize = 64;

pub(super) fn check(name: &str, problems: &mut Problems) {
    // nginx and others drop a header with any other byte, above all `_`.
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        problems.add("id_header", "must be letters, digits and -, because proxies drop other headers");
    }
    if name.len() > LONGEST {
        problems.add("id_header", "must have at most 64 bytes");
    }
    let name = name.to_ascii_lowercase();
    if TAKEN.contains(&&*name) || TAKEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        let problem = "must be a name of your own such as X-Session-Id: browsers send this one by themselves, or let any site \
                       send it";
        problems.add("id_header", problem);
    }
}
