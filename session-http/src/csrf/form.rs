//! Reads the token of a form and leaves the form to the handler.

use std::sync::Arc;

use super::{
    CsrfError,
    multipart::{Found, Scanner},
};
use crate::{
    Head,
    request::{first, text},
};

/// How far the search for the token of a request is.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a middleware must handle every state")]
pub enum TokenSearch {
    /// The text of the token.
    Found(String),
    /// The request has none, or it cannot be read.
    Refused(CsrfError),
    /// It must be fed more of the body.
    More(FormReader),
}

/// Looks for the token in a form, which it is fed piece by piece.
///
/// It reads the whole of an urlencoded body, up to a limit, and of a multipart body at most that many bytes from its beginning.
#[derive(Debug)]
#[must_use = "the search is not over"]
pub struct FormReader {
    form: Form,
    field: Arc<str>,
    limit: usize,
    read: Vec<u8>,
}

/// A form as `<form method="post">` sends it.
#[derive(Debug)]
enum Form {
    /// By default.
    UrlEncoded,
    /// With `enctype="multipart/form-data"`, which a form with files needs.
    Multipart(Scanner),
}

impl FormReader {
    pub(super) fn search(
        head: &impl Head,
        field: &Arc<str>,
        [form_limit, multipart_limit]: [usize; 2],
        least_size: u64,
    ) -> TokenSearch {
        let (form, limit) = match Form::of(head, field) {
            None => return TokenSearch::Refused(CsrfError::MissingToken),
            Some(Form::UrlEncoded) if !usize::try_from(least_size).is_ok_and(|size| size <= form_limit) => {
                return TokenSearch::Refused(CsrfError::FormTooLarge);
            }
            Some(form @ Form::UrlEncoded) => (form, form_limit),
            Some(form @ Form::Multipart(_)) => (form, multipart_limit),
        };
        TokenSearch::More(Self { form, field: Arc::clone(field), limit, read: Vec::new() })
    }

    /// Takes the next piece of the body.
    #[must_use]
    pub fn feed(mut self, piece: &[u8]) -> TokenSearch {
        let room = self.limit - self.read.len();
        let is_over = piece.len() > room;
        match &mut self.form {
            Form::UrlEncoded if is_over => TokenSearch::Refused(CsrfError::FormTooLarge),
            Form::UrlEncoded => {
                self.read.extend_from_slice(piece);
                TokenSearch::More(self)
            }
            Form::Multipart(scanner) => {
                self.read.extend_from_slice(piece.get(..room).unwrap_or(piece));
                match scanner.scan(&self.read, false) {
                    Found::Token(text) => TokenSearch::Found(text),
                    Found::Absent => TokenSearch::Refused(CsrfError::MissingToken),
                    Found::Nothing if is_over => TokenSearch::Refused(CsrfError::TokenTooLate),
                    Found::Nothing => TokenSearch::More(self),
                }
            }
        }
    }

    /// Says that the body has come to its end.
    #[must_use]
    pub fn end(self) -> TokenSearch {
        let found = match self.form {
            Form::UrlEncoded => token_in(&self.read, &self.field).ok_or(CsrfError::MissingToken),
            Form::Multipart(mut scanner) => match scanner.scan(&self.read, true) {
                Found::Token(text) => Ok(text),
                Found::Absent => Err(CsrfError::MissingToken),
                Found::Nothing => Err(CsrfError::Unreadable),
            },
        };
        found.map_or_else(TokenSearch::Refused, TokenSearch::Found)
    }

    /// Says that the body broke off.
    #[must_use]
    pub fn broken(self) -> TokenSearch {
        TokenSearch::Refused(CsrfError::Unreadable)
    }
}

impl Form {
    /// Returns how the body of the request is to be read, or `None` if it is not a form.
    fn of(head: &impl Head, field: &str) -> Option<Self> {
        let content_type = text(first(head, "content-type")?)?;
        let essence = content_type.split(';').next()?;
        if essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Some(Self::UrlEncoded);
        }
        Scanner::new(content_type, field).map(Self::Multipart)
    }
}

/// Returns the text of the first field with the name.
fn token_in(form: &[u8], field: &str) -> Option<String> {
    form_urlencoded::parse(form).find(|(name, _)| name == field).map(|(_, text)| text.into_owned())
}

#[cfg(test)]
mod tests {
    use http::Request;
    use proptest::prelude::*;

    use super::*;
    use crate::RequestHead;

    fn kind(value: &'static str) -> Option<Form> {
        let request = Request::builder().header("content-type", value).body(()).unwrap();
        Form::of(&RequestHead::from(&request), "_csrf")
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

    /// Feeds a form in pieces of these lengths, again and again, and says how the search ends.
    fn searched(
        content_type: &str,
        form: &[u8],
        lengths: &[usize],
        limit: usize,
    ) -> Result<String, CsrfError> {
        let request = Request::builder().header("content-type", content_type).body(()).unwrap();
        let mut search = FormReader::search(&RequestHead::from(&request), &"_csrf".into(), [limit, limit], 0);
        let (mut rest, mut lengths) = (form, lengths.iter().cycle());
        loop {
            search = match search {
                TokenSearch::Found(text) => return Ok(text),
                TokenSearch::Refused(error) => return Err(error),
                TokenSearch::More(reader) if rest.is_empty() => reader.end(),
                TokenSearch::More(reader) => {
                    let piece;
                    (piece, rest) = rest.split_at(rest.len().min(*lengths.next().unwrap()));
                    reader.feed(piece)
                }
            };
        }
    }

    const MULTIPART: &str = "multipart/form-data; boundary=xx";

    fn multipart(token: &str, file: usize) -> String {
        let part = |name: &str, value: &str| {
            format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        format!("{}{}{}--xx--\r\n", part("a", "1"), part("_csrf", token), part("b", &"y".repeat(file)))
    }

    proptest! {
        #[test]
        fn how_a_form_is_cut_does_not_matter(
            token in "[a-zA-Z0-9_-]{0,90}",
            lengths in prop::collection::vec(1usize..40, 1..8),
            file in 0usize..200,
        ) {
            let form = format!("a=1&_csrf={token}&b={}", "y".repeat(file));
            let found = searched("application/x-www-form-urlencoded", form.as_bytes(), &lengths, 1000);
            prop_assert_eq!(found, Ok(token.clone()));
            let found = searched(MULTIPART, multipart(&token, file).as_bytes(), &lengths, 1000);
            prop_assert_eq!(found, Ok(token));
        }
    }

    #[test]
    fn no_more_is_read_than_the_limit() {
        let plain = |limit| searched("application/x-www-form-urlencoded", b"_csrf=abc", &[4], limit);
        assert_eq!((plain(9), plain(8)), (Ok("abc".to_owned()), Err(CsrfError::FormTooLarge)));
        let form = multipart("abc", 2000);
        // Up to the delimiter behind the token.
        let enough = form.find("abc\r\n--xx\r\n").unwrap() + "abc\r\n--xx\r\n".len();
        let found = |limit| searched(MULTIPART, form.as_bytes(), &[7], limit);
        assert_eq!((found(enough), found(enough - 1)), (Ok("abc".to_owned()), Err(CsrfError::TokenTooLate)));
        let broken_off = searched(MULTIPART, &form.as_bytes()[..100], &[7], 1000);
        assert_eq!(broken_off, Err(CsrfError::Unreadable));
    }
}
