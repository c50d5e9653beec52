use super::found::Found;
use crate::Schema;

/// A table beside its schema: what it is, and every difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    origin: Origin,
    differences: Vec<String>,
    cure: Vec<String>,
    is_curable: bool,
}

/// What a table of this name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// There is no such table.
    Missing,
    /// A table of this crate.
    Ours,
    /// A table of this crate that a newer release has made.
    Newer {
        /// Its version.
        version: u32,
    },
    /// A view, or something else that has no rows of its own.
    NoTable,
    /// A table of somebody else.
    Foreign,
}

/// The columns as the catalogue shows them.
const COLUMNS: [(&str, &str); 9] = [
    ("created_at", "bigint NOT NULL"),
    ("expires_at", "bigint NOT NULL"),
    ("mark", "bigint NOT NULL"),
    ("expires_hour", "integer NOT NULL (expires_at / 3600000)"),
    ("owned", "smallint NOT NULL"),
    ("family", "bytea NOT NULL"),
    ("digest", "bytea NOT NULL"),
    ("revision", "bytea NOT NULL"),
    ("data", "bytea NOT NULL"),
];
const PRIMARY: &str = "primary family,digest";
const HOUR: &str = "expires_hour";

impl Comparison {
    pub(super) fn of(found: Option<&Found>, schema: &Schema) -> Self {
        let Some(found) = found else {
            let cure = vec![schema.create_table()];
            return Self { origin: Origin::Missing, differences: vec![], cure, is_curable: true };
        };
        let mut this = Self { origin: origin(found), differences: vec![], cure: vec![], is_curable: true };
        if matches!(this.origin, Origin::Ours | Origin::Foreign) {
            this.look_at_columns(found);
            this.look_at_indexes(found, schema);
            this.look_at_settings(found, schema);
        }
        if this.origin != Origin::Ours || !this.is_curable {
            this.is_curable = false;
            this.cure.clear();
        }
        this
    }

    fn look_at_columns(&mut self, found: &Found) {
        for (name, wanted) in COLUMNS {
            match found.columns.iter().find(|(column, _)| column == name) {
                None => self.incurable(format!("there is no column {name}")),
                Some((_, is)) if without_types(is) != wanted => {
                    self.incurable(format!("the column {name} is `{is}`, and not `{wanted}`"));
                }
                Some(_) => {}
            }
        }
        for (name, kind) in &found.columns {
            // Whoever writes a session does not know it.
            let is_known = COLUMNS.iter().any(|(column, _)| column == name);
            if !is_known && kind.contains("NOT NULL") {
                self.incurable(format!("the column {name} is not ours and must not be null"));
            }
        }
    }

    fn look_at_indexes(&mut self, found: &Found, schema: &Schema) {
        if !found.indexes.iter().any(|index| index == PRIMARY) {
            self.incurable("the primary key is not (family, digest)".to_owned());
        }
        if !found.indexes.iter().any(|index| index == HOUR) {
            self.curable("there is no index on expires_hour".to_owned(), schema.create_index());
        }
        for index in &found.indexes {
            // Each update would write to the index, so none would be HOT.
            if index.split([' ', ',']).any(|column| matches!(column, "expires_at" | "revision" | "data")) {
                self.incurable(format!("the index on ({index}) makes every write dearer"));
            }
        }
    }

    fn look_at_settings(&mut self, found: &Found, schema: &Schema) {
        let missing: Vec<&str> = Schema::SETTINGS
            .into_iter()
            .filter(|setting| !found.options.iter().any(|is| is == setting))
            .collect();
        if !missing.is_empty() {
            self.curable(format!("it has not {}", missing.join(" and ")), schema.set(&missing));
        }
        if found.comment != Schema::comment() {
            self.curable("its comment does not say whose it is".to_owned(), schema.set_comment());
        }
    }

    fn curable(&mut self, difference: String, statement: String) {
        self.differences.push(difference);
        self.cure.push(statement);
    }

    fn incurable(&mut self, difference: String) {
        self.differences.push(difference);
        self.is_curable = false;
    }

    /// Returns what the table is.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns every difference from the schema as a sentence: none for a table that is missing or newer.
    #[must_use]
    pub fn differences(&self) -> &[String] {
        &self.differences
    }

    /// Returns whether the table is ready.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.origin == Origin::Ours && self.differences.is_empty()
    }

    /// Returns the statements that make the table, or repair all differences and keep every session; none if nothing is to be
    /// done, if a difference cannot be repaired, or if the table is not ours.
    #[must_use]
    pub fn cure(&self) -> &[String] {
        &self.cure
    }
}

/// The catalogue writes `(expires_at / 3600000)` with or without the type of the number.
fn without_types(text: &str) -> String {
    text.replace("::bigint", "").replace("'3600000'", "3600000")
}

/// A table is ours if its comment says so, or if it has all our columns: somebody may have lost the comment.
fn origin(found: &Found) -> Origin {
    let has = |name: &str| found.columns.iter().any(|(column, _)| column == name);
    if !found.is_table {
        return Origin::NoTable;
    }
    let version = found.comment.strip_prefix("alo-session schema ").and_then(|number| number.parse().ok());
    match version {
        Some(version) if version > Schema::VERSION => Origin::Newer { version },
        Some(_) => Origin::Ours,
        None if COLUMNS.iter().all(|(name, _)| has(name)) => Origin::Ours,
        None => Origin::Foreign,
    }
}
