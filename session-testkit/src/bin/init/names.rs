/// The names of a new crate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// As in `Cargo.toml`.
    pub(crate) package: String,
    /// As in `use`.
    pub(crate) library: String,
    /// The type.
    pub(crate) store: String,
}

/// Names that cargo, the compiler or the new crate's own dependencies have taken.
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "session_core",
    "session_testkit",
    "session_testservers",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

impl Names {
    pub(crate) fn of(package: &str) -> Result<Self, String> {
        let wrong = |why: &str| Err(format!("`{package}` is not a name for a crate: {why}"));
        if !package.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return wrong("it must begin with a letter from a to z");
        }
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        if let Some(letter) = package.chars().find(|letter| !plain(*letter)) {
            return wrong(&format!("{letter:?} is not a letter from a to z, a digit, `-` or `_`"));
        }
        if package.len() > 64 {
            return wrong("it has more than 64 letters");
        }
        let library = package.replace('-', "_");
        if TAKEN.contains(&library.to_lowercase().as_str()) {
            return wrong("it has another meaning in Rust, or is a crate that the store needs");
        }
        Ok(Self { package: package.to_owned(), store: store(&library), library })
    }
}

/// `session_sqlite` becomes `SqliteStore`.
fn store(library: &str) -> String {
    let words = library.split('_').filter(|word| !matches!(*word, "" | "session" | "sessions" | "store"));
    let mut name: String = words.map(capital).collect();
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || name == "Blocking" {
        name.insert_str(0, "My");
    }
    name + "Store"
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_gives_its_type_a_name_that_no_trait_has() {
        for (package, store) in [
            ("my-store", "MyStore"),
            ("session-sqlite", "SqliteStore"),
            ("sessions_in_7_days", "In7DaysStore"),
            ("store", "MyStore"),
            ("session-3", "My3Store"),
            ("blocking-store", "MyBlockingStore"),
            ("a--b-", "ABStore"),
        ] {
            let names = Names::of(package).unwrap();
            assert_eq!((names.store.as_str(), names.library), (store, package.replace('-', "_")));
        }
    }

    #[test]
    fn a_name_that_cargo_would_refuse_is_refused() {
        let long = "a".repeat(65);
        for package in
            ["", "3d", "-a", "_", "a b", "a.b", "größe", "async", "core", "session-core", "Test", &long]
        {
            assert!(Names::of(package).is_err(), "{package}");
        }
    }
}
