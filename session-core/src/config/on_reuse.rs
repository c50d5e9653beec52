use serde::{Deserialize, Serialize};

/// What happens when an id that was [replaced for its age](super::Settings::rotate_after) is used after its
/// [grace](super::Settings::grace). It opens nothing either way.
///
/// Such a use means that two hold a copy of the id, because the browser got the newer one long ago. It can also mean
/// that the browser never received that response, or that the clocks of two servers differ by more than the grace;
/// therefore ending sessions is a choice. An id that was replaced by a sign-in or sign-out is not such a sign, because
/// other tabs may still send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnReuse {
    /// An event reports it.
    #[default]
    Report,
    /// All sessions of the owner end, or without an owner the one session that the id became; neither thief nor owner
    /// keeps one.
    EndFamily,
}
