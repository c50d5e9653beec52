use serde::{Deserialize, Serialize};

/// How the values of a session are encoded. Each record says which codec wrote it, so changing this loses none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Codec {
    /// MessagePack with named fields: compact, and a type may gain or lose fields between two releases.
    #[default]
    MessagePack,
    /// JSON: readable in the store by other programs, larger. A number that is not finite has no form in it, so a value with one
    /// is refused.
    Json,
    /// bincode: the smallest, but it names nothing. A field added or a variant inserted later changes the meaning of
    /// what is already stored; only for types that never change.
    Bincode,
}
