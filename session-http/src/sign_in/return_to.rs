use super::own_path;

/// Where the visitor wanted to go before the sign-in: the parameter `next` in the query of the request, if it is a
/// [path of this site](own_path).
///
/// A [sign-in page](crate::HttpSessions::sign_in_page) is asked for with it. A form without an `action` is sent to where its page
/// was, so the handler that signs in has it too.
///
/// ```
/// use alo_session::web::ReturnTo;
///
/// assert_eq!(ReturnTo::of_query(Some("next=%2Fcart")).or("/"), "/cart");
/// assert_eq!(ReturnTo::of_query(Some("next=//evil.example")).or("/"), "/");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(Option<Box<str>>);

/// The parameter of the query.
pub(super) const PARAMETER: &str = "next";

impl ReturnTo {
    /// Reads the query of a request.
    #[must_use]
    pub fn of_query(query: Option<&str>) -> Self {
        let query = query.unwrap_or_default();
        let next = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == PARAMETER);
        Self(next.and_then(|(_, path)| own_path(&path).map(Into::into)))
    }

    /// The path, or `otherwise` if the request named none.
    #[must_use]
    pub fn or<'a>(&'a self, otherwise: &'a str) -> &'a str {
        self.0.as_deref().unwrap_or(otherwise)
    }
}
