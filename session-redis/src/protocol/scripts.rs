use std::{fmt, sync::OnceLock};

use super::Reply;

/// A Lua script, which Redis knows by its hash.
///
/// A script declares every key that it touches, and all of them are of one family.
pub(crate) struct Script {
    name: &'static str,
    parts: &'static [&'static str],
    success: Success,
    text: OnceLock<(String, String)>,
}

/// What a script returns when it has done its work, now or in an earlier attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Success {
    One,
    List,
}

impl Script {
    const fn new(name: &'static str, success: Success, parts: &'static [&'static str]) -> Self {
        Self { name, parts, success, text: OnceLock::new() }
    }

    /// Whether the script has returned this after its work was done.
    pub(crate) fn is_success(&self, reply: &Reply) -> bool {
        match self.success {
            Success::One => *reply == Reply::Int(1),
            Success::List => matches!(reply, Reply::Array(_)),
        }
    }

    pub(crate) fn source(&self) -> &str {
        &self.text().0
    }

    /// The SHA-1 of the source, in hexadecimal.
    pub(crate) fn hash(&self) -> &str {
        &self.text().1
    }

    fn text(&self) -> &(String, String) {
        self.text.get_or_init(|| {
            let source = self.parts.concat();
            let hash = sha1_smol::Sha1::from(&source).digest().to_string();
            (source, hash)
        })
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

const SHARED: &str = include_str!("lua/shared.lua");
const OWNED: &str = include_str!("lua/owned.lua");

pub(crate) static COMMIT: Script =
    Script::new("commit", Success::One, &[SHARED, include_str!("lua/commit.lua")]);
pub(crate) static TOUCH: Script =
    Script::new("touch", Success::One, &[SHARED, include_str!("lua/touch.lua")]);
pub(crate) static ROTATE: Script =
    Script::new("rotate", Success::One, &[SHARED, include_str!("lua/rotate.lua")]);
pub(crate) static DELETE: Script =
    Script::new("delete", Success::One, &[SHARED, include_str!("lua/delete.lua")]);
pub(crate) static OWNED_CREATE: Script =
    Script::new("owned create", Success::List, &[SHARED, OWNED, include_str!("lua/owned_create.lua")]);
pub(crate) static OWNED_COMMIT: Script =
    Script::new("owned commit", Success::One, &[SHARED, OWNED, include_str!("lua/owned_commit.lua")]);
pub(crate) static OWNED_TOUCH: Script =
    Script::new("owned touch", Success::One, &[SHARED, OWNED, include_str!("lua/owned_touch.lua")]);
pub(crate) static OWNED_ROTATE: Script =
    Script::new("owned rotate", Success::One, &[SHARED, OWNED, include_str!("lua/owned_rotate.lua")]);
pub(crate) static OWNED_DELETE: Script =
    Script::new("owned delete", Success::One, &[SHARED, OWNED, include_str!("lua/owned_delete.lua")]);
pub(crate) static OWNED_REVOKE: Script =
    Script::new("owned revoke", Success::List, &[SHARED, OWNED, include_str!("lua/owned_revoke.lua")]);
