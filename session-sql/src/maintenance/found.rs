use super::{Maintained, Maintenance, MaintenanceError};

/// A table as the catalogue of the server describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the tests of the databases build it")]
pub struct Found {
    /// Whether it has rows of its own, as a view has not.
    pub is_table: bool,
    /// The comment on it.
    pub comment: String,
    /// What it is made with: its engine, or its storage parameters.
    pub settings: Vec<String>,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
    /// The columns of each index that finds every row.
    pub indexes: Vec<Vec<String>>,
    /// Those of the primary key; none if there is no such key.
    pub primary: Vec<String>,
}

/// A column of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the tests of the databases build it")]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as the catalogue names it, with the expression by which it is generated.
    pub kind: String,
    /// Whether it may be NULL.
    pub is_nullable: bool,
    /// Whether it has a value in a row that is inserted without it.
    pub has_default: bool,
}

impl Found {
    /// Asks the server; `None` if there is nothing of this name.
    pub(super) fn query<D: Maintained>(
        maintenance: &mut Maintenance<D>,
    ) -> Result<Option<Self>, MaintenanceError> {
        let [of_table, of_columns, of_indexes] = D::questions(maintenance.table());
        let Some([is_table, comment, settings]) = maintenance.ask(&of_table, "the table")?.pop() else {
            return Ok(None);
        };
        let words = |text: &str, end| text.split(end).map(str::to_owned).collect();
        let mut found = Self {
            is_table: is_true(is_table.as_deref()),
            comment: comment.unwrap_or_default(),
            settings: words(&settings.unwrap_or_default(), ' '),
            ..Self::default()
        };
        for [name, kind, is_nullable, has_default] in
            maintenance.ask(&of_columns, "the columns of the table")?
        {
            found.columns.push(Column {
                name: name.unwrap_or_default(),
                kind: kind.unwrap_or_default(),
                is_nullable: is_true(is_nullable.as_deref()),
                has_default: is_true(has_default.as_deref()),
            });
        }
        for [is_primary, columns] in maintenance.ask(&of_indexes, "the indexes of the table")? {
            let columns = words(&columns.unwrap_or_default(), ',');
            match is_true(is_primary.as_deref()) {
                true => found.primary = columns,
                false => found.indexes.push(columns),
            }
        }
        Ok(Some(found))
    }

    /// Returns the column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

fn is_true(text: Option<&str>) -> bool {
    text == Some("1")
}
