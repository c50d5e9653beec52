use serde::{Deserialize, Serialize};

/// What happens when an id that was [replaced for its age](super::SessionConfig::rotate_after) is used after its
/// [grace](super::SessionConfig::grace). It opens nothing either way.
///
/// One of two who use it has a copy: the browser got the newer id long ago. Unless its response was lost on the way,
/// or the clocks of two servers differ by more than the grace; so ending sessions is a choice. An id that was replaced
/// by a sign-in or sign-out is no such sign: other tabs may still send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnReuse {
    /// An event tells of it.
    #[default]
    Report,
    /// All sessions of the owner end, or the one session that the id became if nobody is signed in; neither thief nor
    /// owner keeps one.
    EndFamily,
}
