//! Texts of stores and fixtures without what is nobody's business.

use std::env;

/// The text without the users and passwords of its URLs.
pub(crate) fn without_credentials(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        out.push_str(before);
        out.push_str("://");
        let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '`' | '<' | '>');
        let (authority, _) = after.split_at(after.find(ends).unwrap_or(after.len()));
        rest = match authority.rfind('@') {
            Some(at) => {
                out.push('…');
                after.get(at..).unwrap_or_default()
            }
            None => after,
        };
    }
    out + rest
}

/// The text without the directories of this machine, too, so that it may be published.
pub(super) fn publishable(text: &str) -> String {
    let here = env::current_dir().ok();
    let home = env::var_os("HOME").map(Into::into);
    let known = [(here, "."), (Some(env::temp_dir()), "…/temporary"), (home, "~")];
    known.into_iter().fold(without_credentials(text), |text, (directory, name)| {
        let directory =
            directory.as_deref().and_then(std::path::Path::to_str).map(|path| path.trim_end_matches('/'));
        match directory {
            Some(path) if path.len() > 1 => text.replace(path, name),
            _ => text,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_not_told() {
        for (text, told) in [
            ("no way to mysql://root:p@ss@db:3306/x", "no way to mysql://…@db:3306/x"),
            ("redis://:secret@[::1]:6379?x=a@b", "redis://…@[::1]:6379?x=a@b"),
            ("`a://u:p@h` and b://u@i", "`a://…@h` and b://…@i"),
            ("https://docs.rs/x and a@b", "https://docs.rs/x and a@b"),
            ("://", "://"),
        ] {
            assert_eq!(without_credentials(text), told);
        }
    }

    #[test]
    fn a_directory_of_the_machine_is_not_told() {
        let directory = env::temp_dir().join("store-1");
        assert_eq!(publishable(&format!("in {}", directory.display())), "in …/temporary/store-1");
    }
}
