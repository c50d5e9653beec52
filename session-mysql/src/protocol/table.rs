use std::fmt;

use session_core::store::check_table;

use crate::BuildError;

/// The name of a table, `table` or `database.table`. It is shown in quotes, as SQL needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) database: Option<String>,
    pub(crate) name: String,
}

impl Table {
    /// # Errors
    /// [`BuildError::Table`] unless it is one or two names of letters, digits and `_`.
    pub(crate) fn new(text: &str) -> Result<Self, BuildError> {
        check_table(text).map_err(|reason| BuildError::Table { reason })?;
        let (database, name) =
            text.split_once('.').map_or((None, text), |(before, name)| (Some(before), name));
        Ok(Self { database: database.map(str::to_owned), name: name.to_owned() })
    }

    /// The name without quotes.
    pub(crate) fn unquoted(&self) -> String {
        self.to_string().replace('`', "")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(database) = &self.database {
            write!(f, "`{database}`.")?;
        }
        write!(f, "`{}`", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted() {
        assert_eq!(Table::new("alo_session").unwrap().to_string(), "`alo_session`");
        assert_eq!(Table::new("shop.select").unwrap().to_string(), "`shop`.`select`");
        assert_eq!(Table::new(&"x".repeat(64)).unwrap().name.len(), 64);
    }

    #[test]
    fn nothing_else_is_a_name() {
        for name in ["", ".", "a.", ".a", "a.b.c", "a b", "a`b", "a;b", "a-b", "ä", &"x".repeat(65)] {
            assert!(Table::new(name).is_err(), "{name}");
        }
    }
}
