//! Reads the token of a form and leaves the form to the handler.

use http::{HeaderMap, header::CONTENT_TYPE};

use super::{
    CsrfError,
    beginning::Beginning,
    multipart::{Found, Scanner},
};

/// A form as `<form method="post">` sends it.
pub(super) enum Form {
    /// By default.
    UrlEncoded,
    /// With `enctype="multipart/form-data"`, which a form with files needs.
    Multipart(Scanner),
}

impl Form {
    /// Returns how the body of the request is to be read, or `None` if it is not a form.
    pub(super) fn of(headers: &HeaderMap, field: &str) -> Option<Self> {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok())?;
        let essence = content_type.split(';').next()?;
        if essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Some(Self::UrlEncoded);
        }
        Scanner::new(content_type, field).map(Self::Multipart)
    }

    /// Returns the token in the field. Reads the whole of an urlencoded body, which has at most `limit` bytes, and of a
    /// multipart body at most the first `limit` bytes, apart from the rest of the piece that reaches the limit.
    pub(super) async fn token(
        self,
        body: &mut Beginning,
        field: &str,
        limit: usize,
    ) -> Result<String, CsrfError> {
        match self {
            Self::UrlEncoded => url_encoded(body, field, limit).await,
            Self::Multipart(scanner) => multipart(body, scanner, limit).await,
        }
    }
}

async fn url_encoded(body: &mut Beginning, field: &str, limit: usize) -> Result<String, CsrfError> {
    if !usize::try_from(body.least_size()).is_ok_and(|size| size <= limit) {
        return Err(CsrfError::FormTooLarge);
    }
    let mut form = Vec::new();
    while let Some(data) = body.next().await {
        let data = data.map_err(|_| CsrfError::Unreadable)?;
        if data.len() > limit - form.len() {
            return Err(CsrfError::FormTooLarge);
        }
        form.extend_from_slice(&data);
    }
    token_in(&form, field).ok_or(CsrfError::MissingToken)
}

async fn multipart(body: &mut Beginning, mut scanner: Scanner, limit: usize) -> Result<String, CsrfError> {
    let mut beginning = Vec::new();
    loop {
        let data = body.next().await.transpose().map_err(|_| CsrfError::Unreadable)?;
        let room = limit - beginning.len();
        let is_over = data.as_ref().is_some_and(|data| data.len() > room);
        let is_complete = data.is_none();
        let data = data.unwrap_or_default();
        beginning.extend_from_slice(data.get(..room).unwrap_or(&data));
        match scanner.scan(&beginning, is_complete) {
            Found::Token(text) => return Ok(text),
            Found::Absent => return Err(CsrfError::MissingToken),
            Found::Nothing if is_complete => return Err(CsrfError::Unreadable),
            Found::Nothing if is_over => return Err(CsrfError::TokenTooLate),
            Found::Nothing => {}
        }
    }
}

/// Returns the text of the first field with the name.
fn token_in(form: &[u8], field: &str) -> Option<String> {
    form_urlencoded::parse(form).find(|(name, _)| name == field).map(|(_, text)| text.into_owned())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn kind(value: &'static str) -> Option<Form> {
        Form::of(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]), "_csrf")
    }

    #[test]
    fn only_forms_are_read() {
        for value in ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=UTF-8"]
        {
            assert!(matches!(kind(value), Some(Form::UrlEncoded)), "{value}");
        }
        for value in ["multipart/form-data; boundary=x", "Multipart/Form-Data;charset=utf-8;Boundary=\"x y\""]
        {
            assert!(matches!(kind(value), Some(Form::Multipart(_))), "{value}");
        }
        for value in [
            "application/json",
            "text/plain; application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"",
            "multipart/mixed; boundary=x",
            "text/plain; multipart/form-data; boundary=x",
        ] {
            assert!(kind(value).is_none(), "{value}");
        }
    }

    #[test]
    fn the_field_is_found_wherever_it_stands() {
        let token = |form| token_in(form, "_csrf");
        assert_eq!(token(b"a=1&_csrf=abc-_&b=2").as_deref(), Some("abc-_"));
        assert_eq!(token(b"%5Fcsrf=a%2Bb").as_deref(), Some("a+b"));
        assert_eq!(token(b"_csrf=first&_csrf=second").as_deref(), Some("first"));
        assert_eq!(token(b"_csrf").as_deref(), Some(""));
        assert_eq!(token(b"x_csrf=abc&_CSRF=abc"), None);
        assert_eq!(token(b"\xFF%zz&&=="), None);
    }
}
