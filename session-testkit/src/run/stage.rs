use super::api_kind::ApiKind;
use crate::case::Case;

/// One case through one API.
pub(super) struct Stage {
    pub(super) case: &'static Case,
    pub(super) api: ApiKind,
}

impl Stage {
    pub(super) fn name(&self) -> String {
        let group = self.case.rule.name().to_lowercase().replace('-', "_");
        format!("{}::{group}::{}", self.api, self.case.name)
    }
}
