use std::fmt;

use crate::{BuildError, retry::MAX_NAME_LENGTH};

/// The name of a table, `table` or `database.table`, checked and quoted.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Table {
    name: String,
    quoted: String,
}

impl Table {
    /// # Errors
    /// [`BuildError::Table`] unless it is one or two names of letters, digits and `_`.
    pub(crate) fn new(name: &str) -> Result<Self, BuildError> {
        let parts: Vec<&str> = name.split('.').collect();
        let is_name = |part: &&str| {
            (1..=MAX_NAME_LENGTH).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if parts.len() > 2 || !parts.iter().all(is_name) {
            return Err(BuildError::Table);
        }
        Ok(Self { name: name.to_owned(), quoted: format!("`{}`", parts.join("`.`")) })
    }

    /// The name without quotes, as the caller gave it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// The quoted name, for SQL.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.quoted)
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.quoted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted() {
        assert_eq!(Table::new("alo_session").unwrap().to_string(), "`alo_session`");
        assert_eq!(Table::new("shop.select").unwrap().to_string(), "`shop`.`select`");
        assert_eq!(Table::new(&"x".repeat(64)).unwrap().name().len(), 64);
    }

    #[test]
    fn nothing_else_is_a_name() {
        for name in ["", ".", "a.", ".a", "a.b.c", "a b", "a`b", "a;b", "a-b", "ä", &"x".repeat(65)] {
            assert!(Table::new(name).is_err(), "{name}");
        }
    }
}
