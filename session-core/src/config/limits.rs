use serde::{Deserialize, Serialize};

/// How large a session may grow. Going over is an error before anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// The largest record, in bytes as a store keeps it. From 1,024 to 16,777,215. Default 1 MiB (1,048,576).
    pub max_bytes: usize,
    /// The most keys that the application may set in one session. The reserved keys do not count. From 4 to 65,536. Default 1,024.
    pub max_keys: usize,
    /// The longest key, in bytes of UTF-8. At least 1, less than `max_bytes`. Default 255.
    pub max_key_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 1 << 20, max_keys: 1024, max_key_bytes: 255 }
    }
}
