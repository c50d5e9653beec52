//! A store whose server is a script, for the fuzz targets. It is not part of the public API.

use mysql::Value;
use session_core::{
    exchange::{Answer, Call},
    store::StoreError,
};
pub use session_sql::fuzzing::Sent;
use session_sql::{BuildError, ErrorKind, Reply, Statement, fuzzing};

use crate::{Mysql, blocking::error_kind, dialect::cell};

/// What the server replies to a statement, in the types of the client library.
#[derive(Debug)]
pub enum Said {
    /// The number of changed rows for a statement that writes, the rows for any other.
    Reply(u64, Vec<Vec<Option<Value>>>),
    /// An error.
    Failed(mysql::Error),
}

/// A store whose server is the fuzz target.
#[derive(Debug)]
pub struct Puppet(fuzzing::Puppet<Mysql>);

impl Puppet {
    /// A store that creates a missing table, or does not.
    pub fn new(creates_table: bool) -> Result<Self, BuildError> {
        fuzzing::Puppet::new("mysql://nowhere/none", creates_table).map(Self)
    }

    /// Carries out the call with a server that replies this, one after the other, and then nothing more. Returns what it was
    /// sent, too.
    pub fn perform(&self, call: &Call<'_>, said: Vec<Said>) -> (Result<Answer, StoreError>, Vec<Sent>) {
        let say = |said: Said| -> fuzzing::Say { Box::new(move |statement| said.reply(statement)) };
        self.0.perform(call, said.into_iter().map(say).collect())
    }
}

impl Said {
    fn reply(self, statement: &Statement<'_>) -> Result<Reply, ErrorKind> {
        match self {
            Self::Failed(error) => Err(error_kind(error)),
            // Like the clients, which look at nothing that was not asked for.
            Self::Reply(..) if statement.parameters.is_empty() => Ok(Reply::Changed(0)),
            Self::Reply(changed, _) if statement.writes => Ok(Reply::Changed(changed)),
            Self::Reply(_, rows) => {
                Ok(Reply::Rows(rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect()))
            }
        }
    }
}
