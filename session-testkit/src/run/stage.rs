use crate::{api::ApiKind, case::Case};

/// One case on one face.
pub(super) struct Stage {
    pub(super) case: &'static Case,
    pub(super) face: ApiKind,
}

impl Stage {
    pub(super) fn name(&self) -> String {
        let group = self.case.rule.name().to_lowercase().replace('-', "_");
        format!("{}::{group}::{}", self.face, self.case.name)
    }
}
