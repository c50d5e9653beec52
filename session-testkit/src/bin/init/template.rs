use super::{api::Api, names::Names, source::Source};

const MANIFEST: &str = include_str!("../../../template/Cargo.toml.in");
const IGNORED: &str = include_str!("../../../template/gitignore.in");
const README: &str = include_str!("../../../template/README.md");
const LIB: &str = include_str!("../../../template/lib.rs");
/// The nine methods, as a blocking store has them.
const METHODS: &str = include_str!("../../../template/methods.rs");

const ALONE: &str = "
# A workspace of its own, although a manifest lies above. Delete this to make it a member of that one.
[workspace]
";

/// The files of the new crate, each with its path.
pub(crate) fn files(
    api: Api,
    names: &Names,
    source: &Source,
    in_workspace: bool,
) -> Vec<(&'static str, String)> {
    let mut manifest = MANIFEST.to_owned();
    for crate_name in ["session-core", "session-testkit"] {
        let (from, to) = (format!("{crate_name} = \"VERSION\""), source.dependency(crate_name));
        manifest = manifest.replace(&from, &format!("{crate_name} = {to}"));
    }
    if in_workspace {
        manifest.push_str(ALONE);
    }
    let (store, conformance, opens) = match api {
        Api::Async => (
            include_str!("../../../template/async/store.rs"),
            include_str!("../../../template/async/conformance.rs"),
            "let store = MyStore::open(\"…\").await?;",
        ),
        Api::Blocking => (
            include_str!("../../../template/blocking/store.rs"),
            include_str!("../../../template/blocking/conformance.rs"),
            "// `SpawnBlocking` is in the crate session-tokio.\nlet store = SpawnBlocking::new(MyStore::open(\"…\")?);",
        ),
        Api::Embedded => (
            include_str!("../../../template/embedded/store.rs"),
            include_str!("../../../template/embedded/conformance.rs"),
            "// `SpawnBlocking` is in the crate session-tokio. A store that never waits needs only `impl Immediate`.\n\
             let store = SpawnBlocking::new(MyStore::new());",
        ),
    };
    let methods = match api {
        Api::Async => METHODS
            .replace("impl BlockingStore for", "impl Store for")
            .replace("\n    fn ", "\n    async fn "),
        Api::Blocking | Api::Embedded => METHODS.to_owned(),
    };
    let named = |text: &str| {
        let text = text.replace("MyStore", &names.store);
        text.replace("my-store", &names.package).replace("my_store", &names.library)
    };
    vec![
        ("Cargo.toml", named(&manifest)),
        (".gitignore", IGNORED.to_owned()),
        ("README.md", named(&README.replace("OPEN", opens))),
        ("src/lib.rs", named(LIB)),
        ("src/store.rs", named(&format!("{store}{methods}"))),
        ("tests/conformance.rs", named(conformance)),
    ]
}
