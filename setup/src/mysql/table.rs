use session_mysql::{
    Schema,
    maintenance::{Comparison, Origin},
};

use crate::Finding;

const NAME: &str = "table";

/// Says what the table is, and every difference.
pub(super) fn judge(table: &Comparison) -> Vec<Finding> {
    const BESIDE: &str = "give sessions a table of another name: `?table=sessions` in the URL of the application \
                          and of this program";
    const APPLY: &str = "session-setup mysql --apply";
    const BY_HAND: &str =
        "rename the table and run this again: it makes a new one, and all users sign in again";

    if table.is_ready() {
        return vec![Finding::fine(NAME, "as it must be")];
    }
    let not_ours = match table.origin() {
        Origin::Missing => return vec![Finding::problem(NAME, "there is no such table", APPLY)],
        Origin::Newer { version } => {
            let known = Schema::VERSION;
            let seen = format!(
                "it is of version {version}, made by a newer release; this one knows version {known}"
            );
            return vec![Finding::problem(NAME, seen, "use the newer release of this program")];
        }
        Origin::Php => {
            "it is the table of the PHP original (aloframework/session), which has the same name; both can live \
             side by side in two tables, and users sign in anew in each"
        }
        Origin::NoTable => "it is a view, and not a table",
        Origin::Foreign => {
            "it belongs to another program: it does not say that it is ours, and has not our columns"
        }
        _ => "",
    };
    let is_curable = table.cure().is_some();
    let differences = table.differences().iter().map(|difference| {
        let advice = if is_curable { APPLY } else { "" };
        Finding::problem(NAME, difference.to_string(), advice)
    });
    let verdict = match (not_ours, is_curable) {
        ("", true) => None,
        ("", false) => {
            Some(Finding::problem(NAME, "it cannot be altered so that every session stays", BY_HAND))
        }
        (text, _) => Some(Finding::problem(NAME, text, BESIDE)),
    };
    differences.chain(verdict).collect()
}
