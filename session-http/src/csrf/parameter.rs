/// The value of the first parameter with this name in a header such as `form-data; name="a"`. The name of the parameter is
/// compared without regard to case, and the value may be quoted.
pub(super) fn parameter(header: &str, name: &str) -> Option<String> {
    let (_, mut rest) = header.split_once(';')?;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        let end = rest.find(['=', ';'])?;
        let (found, behind) = rest.split_at(end);
        let value;
        (value, rest) = match behind.strip_prefix('=') {
            Some(behind) => read_value(behind.trim_start_matches([' ', '\t'])),
            None => (String::new(), behind),
        };
        if found.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
    }
}

/// Reads a value, and returns what stands behind it.
fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
        return (value.trim().to_owned(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_found_quoted_or_not() {
        let found = |header| parameter(header, "name");
        for header in [
            "form-data; name=_csrf",
            "form-data; name=\"_csrf\"",
            "form-data;name=_csrf;x=y",
            "form-data; NAME = \"_csrf\" ; x=y",
            "form-data; x; y=\"a;name=no\\\"\"; name=_csrf; name=second",
            "form-data; name=\"_\\csrf\"",
            "form-data;;; name=_csrf",
            "form-data; name=\"_csrf",
        ] {
            assert_eq!(found(header).as_deref(), Some("_csrf"), "{header}");
        }
        for header in
            ["", "name=_csrf", "form-data", "form-data; filename=_csrf", "form-data; xname=_csrf", "; name"]
        {
            assert_eq!(found(header), None, "{header}");
        }
        assert_eq!(found("form-data; name=").as_deref(), Some(""));
        assert_eq!(found("form-data; name; x=y").as_deref(), Some(""));
        assert_eq!(found("form-data; name=\"\"").as_deref(), Some(""));
    }
}
