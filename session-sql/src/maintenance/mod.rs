//! What an operator does with a table: create it, check it, count what is in it and clean it up. The databases add their texts.

mod catalogued;
mod comparison;
mod cure;
mod error;
mod fault;
mod found;
mod operator;
mod stats;

use std::time::Duration;

pub use catalogued::Catalogued;
pub use comparison::{Comparison, Origin};
pub use cure::{Cure, Difference};
pub use error::MaintenanceError;
pub use fault::Fault;
pub use found::{Column, Found};
pub use operator::Maintenance;
pub use stats::{Estimate, Stats};

use crate::{Client, ErrorKind, Reply, Statement, StoreOptions, Table, blocking::Blocking};

/// A row as text; `None` is NULL.
pub type TextRow = Vec<Option<String>>;

/// A connection of the blocking client.
pub type ConnectionOf<D> = <<D as Blocking>::Client as Client>::Connection;

/// A database whose tables an operator can look after.
pub trait Maintained: Blocking + Catalogued {
    /// What the server says of itself.
    type ServerState;

    /// The expression for the column `family` in hexadecimal digits.
    const FAMILY_IN_HEX: &'static str;

    /// What follows a statement of a [`Cure`] so that the server refuses it if it would block writers; nothing where it holds up
    /// nobody for long.
    const WITHOUT_BLOCKING: &'static str = "";

    /// Returns the literal of bytes that are given in hexadecimal digits.
    fn bytes(hex: &str) -> String;

    /// Returns the expressions for how many rows the table has by the server's estimate, and how many bytes.
    fn size(table: &Table) -> [String; 2];

    /// Returns the statements that carry out these changes of the table. By default each is one.
    fn alter(_table: &Table, changes: &[&str]) -> Vec<String> {
        changes.iter().map(|&change| change.to_owned()).collect()
    }

    /// Connects for statements that take as long as they take.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the options cannot work, or the server cannot be reached within `connect_timeout`.
    fn connect(options: &mut StoreOptions) -> Result<ConnectionOf<Self>, MaintenanceError>;

    /// Executes a text and returns the rows of all its statements.
    ///
    /// # Errors
    /// [`ErrorKind`] if the server does not reply or refuses.
    fn rows(connection: &mut ConnectionOf<Self>, text: &str) -> Result<Vec<TextRow>, ErrorKind>;

    /// Executes a statement of the store.
    ///
    /// # Errors
    /// [`ErrorKind`] if the server does not reply or refuses.
    fn send(connection: &mut ConnectionOf<Self>, statement: &Statement<'_>) -> Result<Reply, ErrorKind>;

    /// What the server says of itself.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    fn server(maintenance: &mut Maintenance<Self>) -> Result<Self::ServerState, MaintenanceError>;

    /// Carries out a statement of a cure beside an application that goes on, as [`Maintenance::cure`] says.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses; then the statement changed nothing.
    fn cure(
        maintenance: &mut Maintenance<Self>,
        statement: &str,
        patience: Duration,
        progress: &mut (impl FnMut(f64) + Send),
    ) -> Result<(), MaintenanceError>;
}
