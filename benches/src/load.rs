use session_core::OpenSession;

/// The size of a session: six keys, of which most requests read two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// About 400 bytes.
    Small,
    /// About 20 kB.
    Large,
}

impl Load {
    /// Both sizes, the small one first.
    pub const ALL: [Self; 2] = [Self::Small, Self::Large];

    /// The name in the benches.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "6 keys, 400 B",
            Self::Large => "6 keys, 20 kB",
        }
    }

    const fn cart_bytes(self) -> usize {
        match self {
            Self::Small => 230,
            Self::Large => 19_800,
        }
    }

    /// Sets the six keys of a session.
    pub(crate) fn fill(self, session: &OpenSession) {
        session.set("user", 420_042_u64).unwrap();
        session.set("name", "Ada Lovelace").unwrap();
        session.set("cart", "a".repeat(self.cart_bytes())).unwrap();
        session.set("locale", "en-GB").unwrap();
        session.set("last_seen", 1_700_000_000_000_u64).unwrap();
        session.set("roles", ["editor", "reviewer"]).unwrap();
    }
}
