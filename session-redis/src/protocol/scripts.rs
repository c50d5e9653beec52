use std::{fmt, sync::OnceLock};

use super::reply::Reply;

/// A Lua script, which Redis knows by its hash.
///
/// A script declares every key that it touches, and all of them are of one family.
pub(crate) struct Script {
    name: &'static str,
    parts: [&'static str; 3],
    success: Success,
    text: OnceLock<(String, String)>,
}

/// What a script returns when it has done its work, now or in an earlier attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Success {
    One,
    List,
}

pub(crate) static COMMIT: Script = Script::anonymous("commit", include_str!("lua/commit.lua"));
pub(crate) static TOUCH: Script = Script::anonymous("touch", include_str!("lua/touch.lua"));
pub(crate) static ROTATE: Script = Script::anonymous("rotate", include_str!("lua/rotate.lua"));
pub(crate) static DELETE: Script = Script::anonymous("delete", include_str!("lua/delete.lua"));
pub(crate) static OWNED_CREATE: Script =
    Script::owned("owned create", include_str!("lua/owned_create.lua"), Success::List);
pub(crate) static OWNED_COMMIT: Script =
    Script::owned("owned commit", include_str!("lua/owned_commit.lua"), Success::One);
pub(crate) static OWNED_TOUCH: Script =
    Script::owned("owned touch", include_str!("lua/owned_touch.lua"), Success::One);
pub(crate) static OWNED_ROTATE: Script =
    Script::owned("owned rotate", include_str!("lua/owned_rotate.lua"), Success::One);
pub(crate) static OWNED_DELETE: Script =
    Script::owned("owned delete", include_str!("lua/owned_delete.lua"), Success::One);
pub(crate) static OWNED_REVOKE: Script =
    Script::owned("owned revoke", include_str!("lua/owned_revoke.lua"), Success::List);

const SHARED: &str = include_str!("lua/shared.lua");
const OWNED: &str = include_str!("lua/owned.lua");

impl Script {
    const fn anonymous(name: &'static str, source: &'static str) -> Self {
        Self { name, parts: [SHARED, "", source], success: Success::One, text: OnceLock::new() }
    }

    const fn owned(name: &'static str, source: &'static str, success: Success) -> Self {
        Self { name, parts: [SHARED, OWNED, source], success, text: OnceLock::new() }
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
