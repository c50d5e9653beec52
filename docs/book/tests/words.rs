//! The search of the reference finds what people type who know another library, and examples can be pasted.

mod code;

use std::{collections::BTreeMap, fs, path::Path};

/// Words of tower-sessions, axum-login, actix-session, scs, Spring Session and PHP, and those for what people want to do.
const SEARCHED: [&str; 40] = [
    "contains_key",
    "cookie",
    "cycle_id",
    "delete",
    "device",
    "entries",
    "expiry",
    "extractor",
    "flash",
    "flush",
    "gc",
    "get",
    "guard",
    "identity",
    "insert",
    "invalidate",
    "is_modified",
    "key_prefix",
    "keepalive",
    "login",
    "login_required",
    "logout",
    "max_age",
    "mfa",
    "middleware",
    "multipart",
    "permission",
    "purge",
    "redirect",
    "regenerate",
    "reload",
    "remember_me",
    "remove",
    "renew",
    "role",
    "set_expiry",
    "timeout",
    "upload",
    "websocket",
    "xsrf",
];

/// The aliases of each public item: the words in `doc(alias(…))`, by the line that declares it.
fn aliases(text: &str) -> impl Iterator<Item = (String, Vec<&str>)> {
    text.split("#[doc(alias").skip(1).map(|rest| {
        let (attribute, rest) = rest.split_once("]\n").unwrap_or((rest, ""));
        let words = attribute.split('"').skip(1).step_by(2).collect();
        let item = rest.lines().map(str::trim).find(|line| line.starts_with("pub ")).unwrap_or_default();
        let is_name = |word: &&str| !["pub", "async", "const", "fn", "struct", "enum", "type"].contains(word);
        let name = item.split([' ', '(', '<', ':', ';']).find(is_name).unwrap_or_default();
        (name.to_owned(), words)
    })
}

#[test]
fn each_word_that_is_searched_for_finds_something() {
    let sources = code::sources().join("\n");
    let aliases: Vec<_> = aliases(&sources).flat_map(|(_, words)| words).collect();
    let declared = |line: &str| {
        let item = ["pub fn ", "pub async fn ", "pub const fn ", "pub "]
            .iter()
            .find_map(|start| line.strip_prefix(start))?;
        Some(item.split([':', '(', '<']).next()?.to_owned())
    };
    let names: Vec<_> = sources.lines().filter_map(|line| declared(line.trim_start())).collect();
    for word in SEARCHED {
        let is_found = aliases.contains(&word) || names.iter().any(|name| name == word);
        assert!(is_found, "the search of the reference finds nothing for `{word}`");
    }
}

/// The aliases in a crate by the names of its items, those of a layer under the name of a middleware.
fn aliases_of(crate_name: &str) -> BTreeMap<String, Vec<String>> {
    let sources = code::sources_of(crate_name);
    let all = sources.iter().flat_map(|text| aliases(text));
    all.map(|(name, words)| {
        (name.replace("Layer", "Middleware"), words.into_iter().map(str::to_owned).collect())
    })
    .collect()
}

#[test]
fn both_frameworks_have_the_same_words() {
    let (tower, actix) = (aliases_of("session-tower"), aliases_of("session-actix"));
    assert!(tower.len() > 8, "the aliases are written in another way: {tower:?}");
    assert!(tower.keys().eq(actix.keys()), "{:?} and {:?}", tower.keys(), actix.keys());
    // What the other library calls it may differ.
    let common = |words: &[String]| {
        words.iter().filter(|word| !word.starts_with(char::is_uppercase)).cloned().collect()
    };
    for (name, words) in tower {
        let (words, others): (Vec<_>, Vec<_>) = (common(&words), common(&actix[&name]));
        assert_eq!(words, others, "the aliases of {name}");
    }
}

/// Crates whose readers are applications, or are meant to be. The stores are left out, because their examples would turn on
/// their asynchronous APIs for all their tests.
const FOR_APPLICATIONS: [&str; 6] = [
    "session-actix",
    "session-memory",
    "session-metrics",
    "session-testing",
    "session-tokio",
    "session-tower",
];

#[test]
fn an_example_imports_what_its_reader_depends_on() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for name in FOR_APPLICATIONS {
        let readme = fs::read_to_string(root.join(name).join("README.md")).unwrap_or_default();
        let imports = readme.lines().filter(|line| line.starts_with("use session_"));
        let imports: Vec<_> = imports
            .map(str::to_owned)
            .chain(code::sources_of(name).iter().flat_map(|text| {
                let lines = text.lines().map(str::trim);
                let lines = lines.filter(|line| {
                    line.starts_with("/// use session_") || line.starts_with("//! use session_")
                });
                lines.map(str::to_owned).collect::<Vec<_>>()
            }))
            .filter(|line| !line.contains("use session_testing"))
            .collect();
        assert!(imports.is_empty(), "examples of {name} import {imports:?} and not `alo_session`");
    }
}
