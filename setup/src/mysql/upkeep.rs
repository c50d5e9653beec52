use session_mysql::maintenance::{Maintenance, MaintenanceError, Stats};

use crate::args::TableOptions;

/// Removes what has expired, in batches; after each it says how many rows are gone so far.
///
/// # Errors
/// [`MaintenanceError`] if the server cannot be asked or refuses.
pub fn collect(options: &TableOptions, progress: impl FnMut(u64)) -> Result<u64, MaintenanceError> {
    Maintenance::connect(&options.url, options.table.as_deref())?.collect(options.batch, progress)
}

/// Counts what is in the table.
///
/// # Errors
/// [`MaintenanceError`] if the server cannot be asked, or there is no table.
pub fn stats(options: &TableOptions) -> Result<Stats, MaintenanceError> {
    Maintenance::connect(&options.url, options.table.as_deref())?.stats()
}
