use super::{Difference, Fault, Found};
use crate::{Dialect, Table};

/// What a table must be in a database, what it is, and how it can become right.
pub trait Catalogued: Dialect {
    /// The columns of the table, each with the types that it may have, of which the first is the right one.
    const COLUMNS: &'static [(&'static str, &'static [&'static str])];

    /// The column with which an index must begin, so that what has expired is found.
    const EXPIRY: &'static str;

    /// Returns what the catalogue is asked, in the order of [`Found`]: whether it is a table, the comment and the settings of it;
    /// name, type, whether it may be NULL and whether it has a default of each column; whether it is the primary key and the
    /// columns of each index. What is true is 1, settings are separated by spaces, columns by commas.
    fn questions(table: &Table) -> [String; 3];

    /// Returns the difference that is a fault, with the change that repairs it and keeps every session, if there is one.
    fn difference(fault: Fault<'_>, what: String, found: &Found, table: &Table) -> Difference;

    /// Returns what else must be so in this database alone.
    fn further_differences(found: &Found, table: &Table) -> Vec<Difference>;
}
