use std::fmt;

use lexopt::{Parser, ValueExt as _};

use super::{Command, each, required};

/// Which Redis, and what to look at.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisOptions {
    /// Where it is, with the password.
    pub url: String,
    /// What the names of the sessions' keys begin with.
    pub prefix: String,
    /// Whether to count the sessions.
    pub count: bool,
}

/// Without the URL, which may have a password in it.
impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("prefix", &self.prefix)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

pub(super) fn parse(parser: Parser, url: Option<String>) -> Result<Command, lexopt::Error> {
    let (mut prefix, mut count) = ("_alo_sess_".to_owned(), true);
    let given = each(parser, |name, parser| {
        match name {
            "prefix" => prefix = parser.value()?.string()?,
            "no-count" => count = false,
            _ => return Ok(false),
        }
        Ok(true)
    });
    Ok(match given? {
        Ok(given) => Command::Redis(RedisOptions { url: required(given, url)?, prefix, count }),
        Err(other) => other,
    })
}
