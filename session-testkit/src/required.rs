/// Whether `SESSION_TEST_REQUIRE` lists this name: of a fixture, or of a kind of server.
pub(crate) fn is_required(name: &str) -> bool {
    let required = std::env::var("SESSION_TEST_REQUIRE").unwrap_or_default();
    required.split(',').any(|required| required.trim() == name)
}
