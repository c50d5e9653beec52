//! The texts of all statements, and what fills their places.

mod statements;

pub(crate) use statements::{NOW, Sql};

#[cfg(test)]
mod tests;
