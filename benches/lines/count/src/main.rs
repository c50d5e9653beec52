//! Counts the lines of each feature in each library, and prints them as a table.
//!
//! Counted is what stands between `//> feature` and `//<`, without blank lines, comments and imports. `//- feature: sentence`
//! says what a library has nothing for, and what it would take. A whole program is counted by the same rule, but with its
//! imports.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

const LIBRARIES: [(&str, &str); 3] = [
    ("ours", "alo-session"),
    ("tower-sessions", "tower-sessions, axum-login, axum-messages"),
    ("actix-session", "actix-session, actix-identity, actix-web-flash-messages"),
];

const FEATURES: [(&str, &str); 21] = [
    ("setup", "set up"),
    ("error", "an error of a handler, with `?`"),
    ("sign-in", "sign in, sign out"),
    ("account", "the user in a handler, others to the sign-in page and back"),
    ("flash", "a message for the next page"),
    ("remember", "\"remember me\""),
    ("devices", "devices: list, end one, end the others"),
    ("csrf", "CSRF protection of forms and scripts"),
    ("csrf-multipart", "the same for forms with files"),
    ("cart", "a cart"),
    ("role", "a guard by role"),
    ("oauth", "the state of OAuth, once"),
    ("socket", "a websocket notices the end of its session"),
    ("job", "a job ends all sessions of a user"),
    ("store", "the store by configuration"),
    ("settings", "settings from a file, a secret from the environment"),
    ("metrics", "measurements of the store"),
    ("audit", "an audit log"),
    ("fixture", "a test whose user is signed in"),
    ("fresh", "a recent sign-in for something dangerous"),
    ("pages", "failures as pages"),
];

/// What one library needs.
#[derive(Default)]
struct Library {
    lines: BTreeMap<String, usize>,
    missing: BTreeMap<String, String>,
    program: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut libraries = Vec::new();
    for (folder, _) in LIBRARIES {
        libraries.push(read(&root.join(folder))?);
    }
    print!("{}", table(&libraries));
    Ok(())
}

fn read(folder: &Path) -> Result<Library, Box<dyn Error>> {
    let mut library = Library::default();
    for file in files(&folder.join("src"))?.into_iter().chain(files(&folder.join("tests"))?) {
        library.add(&file, &fs::read_to_string(&file)?)?;
    }
    library.program = counted(&fs::read_to_string(folder.join("src/bin/counter.rs"))?, true);
    Ok(library)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        found.extend(Some(entry?.path()).filter(|path| path.is_file()));
    }
    found.sort();
    Ok(found)
}

impl Library {
    fn add(&mut self, file: &Path, text: &str) -> Result<(), String> {
        let mut open: Option<(&str, String)> = None;
        for line in text.lines() {
            let line = line.trim();
            if let Some(feature) = line.strip_prefix("//> ") {
                let known = FEATURES.iter().any(|(name, _)| *name == feature);
                if !known || open.is_some() {
                    return Err(format!("{}: `{line}` cannot stand here", file.display()));
                }
                open = Some((feature, String::new()));
            } else if line == "//<" {
                let (feature, text) = open.take().ok_or(format!("{}: `//<` ends nothing", file.display()))?;
                *self.lines.entry(feature.to_owned()).or_default() += counted(&text, false);
            } else if let Some((feature, sentence)) =
                line.strip_prefix("//- ").and_then(|note| note.split_once(": "))
            {
                self.missing.insert(feature.to_owned(), sentence.to_owned());
            } else if let Some((_, text)) = &mut open {
                text.push_str(line);
                text.push('\n');
            }
        }
        match open {
            Some((feature, _)) => Err(format!("{}: `{feature}` has no end", file.display())),
            None => Ok(()),
        }
    }
}

/// The number of lines of code.
fn counted(text: &str, with_imports: bool) -> usize {
    let (mut count, mut in_import) = (0, false);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        in_import |= line.starts_with("use ");
        count += usize::from(with_imports || !in_import);
        in_import &= !line.ends_with(';');
    }
    count
}

fn table(libraries: &[Library]) -> String {
    let names = LIBRARIES.map(|(_, name)| name).join(" | ");
    let mut text = format!("| feature | {names} |\n|---|---|---|---|\n");
    let mut notes = Vec::new();
    for (feature, title) in FEATURES {
        let mut row = format!("| {title}");
        for (library, (_, name)) in libraries.iter().zip(LIBRARIES) {
            match (library.lines.get(feature), library.missing.get(feature)) {
                (Some(lines), _) => row += &format!(" | {lines}"),
                (None, sentence) => {
                    let sentence = sentence.map_or("", String::as_str);
                    notes.push(format!("- {title}, {name}: {sentence}."));
                    row += " | -";
                }
            }
        }
        text += &format!("{row} |\n");
    }
    let sums = libraries.iter().map(|library| library.lines.values().sum::<usize>().to_string());
    text += &format!("| **sum** | {} |\n", sums.collect::<Vec<_>>().join(" | "));
    let shared = |library: &Library, other: &Library| {
        let both = library.lines.iter().filter(|(feature, _)| other.lines.contains_key(*feature));
        both.map(|(_, lines)| lines).sum::<usize>()
    };
    let [ours, others @ ..] = libraries else { return text };
    let ours_there = others.iter().map(|other| shared(ours, other).to_string());
    text += &format!(
        "| the same features with alo-session | | {} |\n",
        ours_there.collect::<Vec<_>>().join(" | ")
    );
    let programs = libraries.iter().map(|library| library.program.to_string());
    text += &format!(
        "| **a counter on Redis and its test, as a whole** | {} |\n",
        programs.collect::<Vec<_>>().join(" | ")
    );
    format!("{text}\n`-`: the library has nothing for it. What it would take:\n\n{}\n", notes.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_counted() {
        let text = "use a::{\n    b,\n};\n\n// why\nlet a = 1; // one\nuse c;\n    }\n";
        assert_eq!((counted(text, false), counted(text, true)), (2, 6));
    }

    #[test]
    fn sections_of_a_feature_are_added_up_and_wrong_ones_are_told() {
        let mut library = Library::default();
        let text = "//> cart\na\n//<\nb\n    //> cart\n    c\n    d\n    //<\n//- job: a table\n";
        library.add(Path::new("x"), text).unwrap();
        assert_eq!(library.lines["cart"], 3);
        assert_eq!(library.missing["job"], "a table");
        for wrong in ["//> cart\n", "//<\n", "//> nothing\n//<\n", "//> cart\n//> job\n//<\n"] {
            assert!(library.add(Path::new("x"), wrong).is_err(), "{wrong}");
        }
    }
}
