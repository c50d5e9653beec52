use maud::Markup;

use crate::problem::Problem;

/// What a page answers: itself, or another page's address after a form was handled.
pub(crate) enum Answer {
    Page(Markup),
    SeeOther(&'static str),
}

pub(crate) type Result<T = Answer> = std::result::Result<T, Problem>;

/// What every response has.
pub(crate) const SECURITY_HEADERS: [(&str, &str); 3] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
];
