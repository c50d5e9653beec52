use alo_session::{CsrfError, FailureCause, SessionError, web::SessionFailure};
use maud::{Markup, html};

use crate::layout;

/// Why a request gets a page that says what is wrong.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The framework makes its own response of it, which `of_session` then makes a page of.
    Session(SessionError),
    Mistake(Mistake),
}

/// What a visitor did wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mistake {
    NotFound,
    MethodNotAllowed,
    BadForm,
    UnknownProduct,
    OrderedAlready,
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        Self::Session(error)
    }
}

impl From<Mistake> for Problem {
    fn from(mistake: Mistake) -> Self {
        Self::Mistake(mistake)
    }
}

impl Mistake {
    /// Returns the status and the page.
    pub(crate) fn page(self) -> (u16, Markup) {
        let (status, title, text) = match self {
            Self::NotFound => {
                (404, "There is no such page", "The address may be mistyped, or the page has moved.")
            }
            Self::MethodNotAllowed => {
                (405, "That does not work here", "This address takes another kind of request.")
            }
            Self::BadForm => (
                422,
                "The form is not complete",
                "A field is missing or has a wrong value. Nothing was changed.",
            ),
            Self::UnknownProduct => (
                404,
                "There is no such product",
                "The shop does not sell it, or no longer sells it. Nothing was changed.",
            ),
            Self::OrderedAlready => (
                409,
                "This order was sent already",
                "Each order form can be sent once, in however many tabs it is open. The first one counted; nothing was \
                 ordered twice.",
            ),
        };
        (status, page(status, title, text, START))
    }
}

/// Returns the page for a session that cannot be loaded or saved, and for a form that is refused.
pub(crate) fn of_session(failure: &SessionFailure) -> Markup {
    let status = failure.status().as_u16();
    let title = match failure.cause() {
        FailureCause::Csrf(_) => "This form was not accepted",
        FailureCause::Session(SessionError::SignInRequired(_)) => "Please sign in again",
        FailureCause::Session(SessionError::Gone) => "Your session has ended",
        _ => match status {
            503 => "Please try again in a moment",
            409 => "Something else came first",
            413 => "That is too much",
            _ => "Something went wrong",
        },
    };
    let way_on = if failure.requires_sign_in() { ("/sign-in", "Sign in") } else { START };
    page(status, title, &explanation(failure), way_on)
}

fn explanation(failure: &SessionFailure) -> String {
    match failure.cause() {
        FailureCause::Csrf(CsrfError::MissingToken) => {
            "Every form of this site carries a hidden token that no other site can know. This one came without it, so \
             nothing was changed. Please use the form on our page."
        }
        FailureCause::Csrf(CsrfError::SessionGone) => {
            "Your session ended before you sent it, or your browser keeps no cookies. Nothing was changed. Please load the \
             page again and repeat it."
        }
        FailureCause::Csrf(CsrfError::Superseded) => {
            "The page it was on is out of date: you signed in or out since, perhaps in another tab. Nothing was changed. \
             Please load the page again and repeat it."
        }
        FailureCause::Csrf(CsrfError::WrongToken) => {
            "The page it was on is out of date or belongs to another session. Nothing was changed. Please load the page \
             again and repeat it."
        }
        FailureCause::Csrf(CsrfError::CrossSite) => {
            "It was sent by a page of another site, so nothing was changed."
        }
        _ => return failure.to_string(),
    }
    .to_owned()
}

const START: (&str, &str) = ("/", "Go to the start page");

fn page(status: u16, title: &str, text: &str, (address, way_on): (&str, &str)) -> Markup {
    layout::plain(
        title,
        &html! {
            p.eyebrow { "Error " (status) }
            h1 { (title) }
            p.lead { (text) }
            p { a.button href=(address) { (way_on) } }
        },
    )
}
