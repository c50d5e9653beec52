//! All statements on the table: their texts, and what fills their places.

mod statement_builder;
mod statements;

pub(crate) use statement_builder::{OWNER_ROW, Sql};
pub(crate) use statements::{NOW, StatementKind};

#[cfg(test)]
mod tests;
