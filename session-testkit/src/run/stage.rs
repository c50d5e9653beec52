use super::{api_kind::ApiKind, finding::Staged};
use crate::case::Case;

/// One case through one API.
pub(super) struct Stage {
    pub(super) case: &'static Case,
    pub(super) api: ApiKind,
    /// The place of the case and the place of the API, from the plain to the intricate.
    pub(super) place: (usize, usize),
}

impl Stage {
    pub(super) fn name(&self) -> String {
        let group = self.case.rule.name().to_lowercase().replace('-', "_");
        format!("{}::{group}::{}", self.api, self.case.name)
    }

    pub(super) fn staged(&self) -> Staged {
        Staged { rule: self.case.rule, case: self.case.name, api: self.api.to_string(), place: self.place }
    }
}
