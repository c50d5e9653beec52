use super::api_kind::ApiKind;
use crate::{
    case::Case,
    frame::{Place, Staged},
    rules,
};

/// One case through one API.
pub(super) struct Stage {
    pub(super) case: &'static Case,
    pub(super) api: ApiKind,
    pub(super) place: Place,
}

impl Stage {
    pub(super) fn new(case: &'static Case, api: ApiKind, column: usize, row: usize) -> Self {
        // What goes wrong in one call is understood sooner than what needs a race, or a whole sign-in.
        let kind = match case.name {
            _ if rules::SESSIONS.contains(&case.rule) => 3,
            name if name.contains("random") => 2,
            name if name.contains("racing") => 1,
            _ => 0,
        };
        Self { case, api, place: (kind, column, row) }
    }

    pub(super) fn name(&self) -> String {
        let group = self.case.rule.name().to_lowercase().replace('-', "_");
        format!("{}::{group}::{}", self.api, self.case.name)
    }

    pub(super) fn staged(&self) -> Staged {
        Staged {
            rule: self.case.rule,
            case: self.case.name,
            api: Some(self.api.to_string()),
            place: self.place,
        }
    }
}
