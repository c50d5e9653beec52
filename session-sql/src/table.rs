use std::fmt;

use session_core::store::check_table;

use crate::{BuildError, Dialect};

/// The name of a table, `table` or `database.table`. PostgreSQL's word for the first part is schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What the table is in, if it is named.
    pub database: Option<String>,
    /// The name of the table itself.
    pub name: String,
}

impl Table {
    /// Reads a name.
    ///
    /// # Errors
    /// [`BuildError::Table`] unless it is one or two names of letters, digits and `_`.
    pub fn new(text: &str) -> Result<Self, BuildError> {
        check_table(text).map_err(|reason| BuildError::Table { reason })?;
        let (database, name) =
            text.split_once('.').map_or((None, text), |(before, name)| (Some(before), name));
        Ok(Self { database: database.map(str::to_owned), name: name.to_owned() })
    }

    /// Returns the name in quotes, as SQL needs it.
    #[must_use]
    pub fn quoted<D: Dialect>(&self) -> String {
        let quoted = |name: &str| format!("{0}{name}{0}", D::QUOTE);
        match &self.database {
            Some(database) => format!("{}.{}", quoted(database), quoted(&self.name)),
            None => quoted(&self.name),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(database) = &self.database {
            write!(f, "{database}.")?;
        }
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_part_or_two() {
        assert_eq!(Table::new("alo_session").unwrap().to_string(), "alo_session");
        assert_eq!(Table::new("shop.select").unwrap().to_string(), "shop.select");
        assert_eq!(Table::new(&"x".repeat(64)).unwrap().name.len(), 64);
    }

    #[test]
    fn nothing_else_is_a_name() {
        for name in ["", ".", "a.", ".a", "a.b.c", "a b", "a`b", "a;b", "a-b", "ä", &"x".repeat(65)] {
            assert!(Table::new(name).is_err(), "{name}");
        }
    }
}
