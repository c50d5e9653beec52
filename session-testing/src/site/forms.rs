//! The forms of a page, as far as a test needs them: no parser of HTML, but one that finds tags in what templates write.

use http::Method;

/// A form with the fields that a browser would send if its visitor changed nothing.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) method: Method,
    pub(crate) fields: Vec<(String, String)>,
}

struct Tag<'a> {
    name: String,
    attributes: Vec<(String, String)>,
    /// What stands behind it.
    rest: &'a str,
}

impl Tag<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// The forms of a page, in their order.
pub(crate) fn forms(html: &str) -> Vec<Form> {
    let (mut all, mut open): (Vec<Form>, bool) = (Vec::new(), false);
    // The `<select>` whose options follow: its name, and whether one was taken.
    let mut select: Option<(String, bool)> = None;
    for tag in tags(html) {
        match tag.name.as_str() {
            "form" => {
                let posts = tag.get("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
                all.push(Form {
                    action: tag.get("action").unwrap_or_default().to_owned(),
                    method: if posts { Method::POST } else { Method::GET },
                    fields: Vec::new(),
                });
                open = true;
            }
            "/form" => open = false,
            _ => {}
        }
        let Some(form) = all.last_mut().filter(|_| open) else { continue };
        let name = tag.get("name").filter(|_| tag.get("disabled").is_none()).map(str::to_owned);
        match (tag.name.as_str(), name) {
            ("input", Some(name)) if is_sent(&tag) => {
                let default = if tag.get("type").is_some_and(is_choice) { "on" } else { "" };
                form.fields.push((name, tag.get("value").unwrap_or(default).to_owned()));
            }
            ("textarea", Some(name)) => form.fields.push((name, text_before(tag.rest, "</textarea"))),
            ("select", name) => select = name.map(|name| (name, false)),
            ("/select", _) => select = None,
            ("option", _) => {
                let Some((name, taken)) = &mut select else { continue };
                let value = tag.get("value").map_or_else(|| text_before(tag.rest, "<"), str::to_owned);
                let is_chosen = tag.get("selected").is_some();
                if is_chosen && *taken {
                    form.fields.pop();
                }
                if is_chosen || !*taken {
                    form.fields.push((name.clone(), value));
                }
                *taken = true;
            }
            _ => {}
        }
    }
    all
}

/// The CSRF token of a page.
pub(crate) fn token(html: &str) -> Option<String> {
    let named = |tag: &Tag<'_>, kind: &str, name: &str| tag.name == kind && tag.get("name") == Some(name);
    let meta = tags(html).find(|tag| named(tag, "meta", "csrf-token"));
    let field = || tags(html).find(|tag| named(tag, "input", session_tower::CsrfToken::FIELD));
    let found = meta.map(|tag| tag.get("content").map(str::to_owned));
    found.or_else(|| field().map(|tag| tag.get("value").map(str::to_owned))).flatten()
}

fn is_choice(kind: &str) -> bool {
    matches!(kind, "checkbox" | "radio")
}

fn is_sent(tag: &Tag<'_>) -> bool {
    match tag.get("type").map(str::to_ascii_lowercase).as_deref() {
        Some("submit" | "button" | "reset" | "image" | "file") => false,
        Some(kind) if is_choice(kind) => tag.get("checked").is_some(),
        _ => true,
    }
}

fn text_before(rest: &str, end: &str) -> String {
    let text = rest.split(end).next().unwrap_or_default();
    decode(text.strip_prefix('\n').unwrap_or(text).trim_end_matches('\r'))
}

fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            rest = rest.split_once('<')?.1;
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->")?.1;
            } else if rest.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/') {
                let tag = tag(rest);
                rest = tag.rest;
                return Some(tag);
            }
        }
    })
}

/// Reads a tag behind its `<`.
fn tag(text: &str) -> Tag<'_> {
    let end = text.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
        if rest.is_empty() || rest.starts_with('>') {
            break;
        }
        let end = rest.find(|letter: char| letter.is_whitespace() || matches!(letter, '=' | '>' | '/'));
        // An `=` where a name should begin is part of it, as in HTML.
        let (name, behind) = rest.split_at(end.unwrap_or(rest.len()).max(1).min(rest.len()));
        let value;
        (value, rest) = match behind.trim_start().strip_prefix('=') {
            Some(behind) => attribute(behind.trim_start()),
            None => ("", behind),
        };
        attributes.push((name.to_ascii_lowercase(), decode(value)));
    }
    Tag {
        name: name.trim_end_matches('/').to_ascii_lowercase(),
        attributes,
        rest: rest.strip_prefix('>').unwrap_or(rest),
    }
}

/// Reads the value of an attribute, and returns what stands behind it.
fn attribute(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    text.split_at(text.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(text.len()))
}

fn decode(text: &str) -> String {
    const NAMED: [(&str, &str); 7] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];
    NAMED.iter().fold(text.to_owned(), |text, (name, letter)| text.replace(name, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(html: &str) -> Vec<(String, String)> {
        forms(&format!("<form>{html}</form>")).remove(0).fields
    }

    fn sent(html: &str) -> String {
        let pairs = fields(html).into_iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("&")
    }

    #[test]
    fn what_is_filled_in_is_sent() {
        assert_eq!(
            sent(r#"<input name="a" value="1"><INPUT TYPE=hidden NAME='b' VALUE=2 /><input name=c>"#),
            "a=1&b=2&c="
        );
        assert_eq!(
            sent("<input value=1><input name=a disabled><input type=submit name=b><button name=c>"),
            ""
        );
        assert_eq!(sent("<input type=checkbox name=a><input type=checkbox name=b checked>"), "b=on");
        assert_eq!(sent("<input type=radio name=a value=1><input type=radio name=a value=2 checked>"), "a=2");
        assert_eq!(sent("<textarea name=a>\none &lt;b&gt;</textarea>"), "a=one <b>");
        assert_eq!(sent(r#"<input name="a" value="&quot;x&#39; &amp;lt; >">"#), "a=\"x' &lt; >");
        assert_eq!(sent("<!-- <input name=a> --><input name=b><!-- "), "b=");
    }

    #[test]
    fn a_selection_is_what_is_chosen_or_the_first() {
        assert_eq!(sent("<select name=a><option>x<option value=y>Y</select>"), "a=x");
        assert_eq!(
            sent("<select name=a><option value=x>X<option value=y selected>Y</select><option>"),
            "a=y"
        );
        assert_eq!(sent("<select><option>x</select>"), "");
    }

    #[test]
    fn each_form_has_its_own_fields() {
        let all = forms(
            "<input name=no><form method=post action=/a?b><input name=a></form><input name=no><form action='/c'></form>",
        );
        let seen: Vec<_> =
            all.iter().map(|form| (form.action.as_str(), form.method.as_str(), form.fields.len())).collect();
        assert_eq!(seen, [("/a?b", "POST", 1), ("/c", "GET", 0)]);
        assert!(forms("<form").len() == 1 && forms("a < b <> <3").is_empty());
    }

    #[test]
    fn the_token_is_that_of_the_head_or_of_the_first_form() {
        let form = r#"<input type="hidden" name="_csrf" value="f">"#;
        assert_eq!(token(&format!("<meta name=csrf-token content=m>{form}")).as_deref(), Some("m"));
        assert_eq!(token(form).as_deref(), Some("f"));
        assert_eq!(token("<meta name=author content=x>"), None);
    }
}
