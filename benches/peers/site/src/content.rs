/// The key `user`.
pub const USER: u64 = 420_042;
/// The key `name`.
pub const NAME: &str = "Ada Lovelace";
/// The key `locale`.
pub const LOCALE: &str = "en-GB";
/// The key `last_seen`, which is counted up.
pub const LAST_SEEN: u64 = 1_700_000_000_000;
/// The key `roles`.
pub const ROLES: [&str; 2] = ["editor", "reviewer"];

/// The key `cart`, most of what a session holds.
#[must_use]
pub fn cart() -> String {
    "a".repeat(230)
}
