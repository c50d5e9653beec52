use crate::{
    BuildError, ErrorKind, Meaning, Refusal, ServerAddress, StatementKind, StoreOptions, Table, UrlSettings,
    retry::{MARK_MILLIS, OWNER_ROW_MILLIS},
    texts::PARTS,
};

/// What one kind of database is told, and what its errors mean. No I/O.
///
/// Each text has a place for each of its parameters, `?` or `$1` by the database, in the order in which [`Sql`](crate::Sql)
/// gives them.
pub trait Dialect: Copy + Send + Sync + 'static {
    /// The name of the store's crate, such as `session-mysql`.
    const CRATE: &'static str;

    /// The name of the store's type, such as `MysqlStore`.
    const STORE: &'static str;

    /// The texts that are not [common](crate::texts), each with the kinds of statement that have it. Names in braces stand for
    /// [`PARTS`](Self::PARTS); `{table}` is the table, `{mark}` and `{owner_row}` are the milliseconds that an owner's row lives.
    /// What is in brackets is said of an owner's session alone, and `{n*row}` is a row for each key.
    const TEXTS: &'static [(&'static [StatementKind], &'static str)];

    /// What several texts have in common, and what in the common ones is this dialect's: a name in braces, and what stands for
    /// it. A part may use those behind it.
    const PARTS: &'static [(&'static str, &'static str)];

    /// Whether a place is `$1`, `$2` and so on: then each `?` gets the next number.
    const NUMBERS_PLACES: bool;

    /// The character around a name.
    const QUOTE: char;

    /// Begins a transaction at READ COMMITTED.
    const BEGIN: &'static str = "BEGIN";

    /// Whether an error ends the transaction, so that nothing but a rollback is possible.
    const ERROR_ENDS_TRANSACTION: bool;

    /// Reads the URL of a server.
    ///
    /// # Errors
    /// [`BuildError`] if it cannot mean one thing. It never shows the URL, which may hold a password.
    fn parse(url: &str) -> Result<UrlSettings, BuildError>;

    /// The version of the table that the texts are for.
    const SCHEMA_VERSION: u32;

    /// Returns what makes the table if it does not exist: one statement, or several, separated by `;`.
    fn create_table(table: &Table) -> String;

    /// Returns the same for a store that has found it missing, as others may at this moment.
    fn create_missing_table(table: &Table) -> String {
        Self::create_table(table)
    }

    /// Puts an account in quotes, as `GRANT` takes it.
    fn account(account: &str) -> String;

    /// Completes the name of a table by what the address of the server says of it.
    fn complete_name(table: Table, _server: &ServerAddress) -> Table {
        table
    }

    /// What an error of the server means.
    fn meaning(refusal: &Refusal) -> Meaning;

    /// What the reader of an error can do about it, beyond what all databases have in common.
    fn advice(error: &ErrorKind, options: &StoreOptions) -> Option<String>;
}

/// Completes the text of a statement on this table. `{4*row}` becomes four rows.
#[must_use]
pub fn complete<D: Dialect>(text: &str, table: &Table) -> String {
    let parts = PARTS.iter().chain(D::PARTS);
    let text = parts.fold(text.to_owned(), |text, (name, part)| text.replace(name, part));
    let text = text.replace("{owner_row}", &OWNER_ROW_MILLIS.to_string());
    let text = text.replace("{mark}", &MARK_MILLIS.to_string());
    let text = repeated(text.replace("{table}", &table.quoted::<D>()));
    if D::NUMBERS_PLACES { numbered(&text) } else { text }
}

fn repeated(text: String) -> String {
    let Some((before, (times, row), after)) = repetition(&text) else { return text };
    format!("{before}{}{after}", vec![row; times].join(","))
}

/// What stands before, within and behind the braces.
fn repetition(text: &str) -> Option<(&str, (usize, &str), &str)> {
    let (before, rest) = text.split_once('{')?;
    let (times, rest) = rest.split_once('*')?;
    let (row, after) = rest.split_once('}')?;
    Some((before, (times.parse().ok()?, row), after))
}

fn numbered(text: &str) -> String {
    let mut parts = text.split('?');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.zip(1..).fold(first, |text, (part, number)| format!("{text}${number}{part}"))
}
