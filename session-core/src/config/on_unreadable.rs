use serde::{Deserialize, Serialize};

/// What happens if the record of a session cannot be read: it is damaged, or a newer version of this library wrote it.
///
/// The record is left as it is in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnUnreadable {
    /// The request gets an error. The browser keeps its cookie, and gets its session back with a version that can read it.
    #[default]
    Error,
    /// The request gets a new session, and its browser a new cookie as soon as that is saved.
    StartAnew,
}
