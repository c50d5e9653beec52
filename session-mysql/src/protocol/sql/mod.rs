//! All statements on the table: their texts, and what fills their places.

mod statements;
mod texts;

pub(crate) use statements::Sql;
pub(crate) use texts::{NOW, StatementKind};

#[cfg(test)]
mod tests;
