use session_postgres::{
    Schema,
    maintenance::{Comparison, Origin},
};

use crate::Finding;

const NAME: &str = "table";

/// Says what the table is, and every difference.
pub(super) fn judge(table: &Comparison) -> Vec<Finding> {
    const BESIDE: &str = "give sessions a table of another name: `?table=sessions` in the URL of the application \
                          and of this program";
    const APPLY: &str = "session-setup postgres --apply";
    const BY_HAND: &str =
        "rename the table and its index, and run this again: it makes a new one, and all users sign in again";

    if table.is_ready() {
        return vec![Finding::fine(NAME, "as it must be")];
    }
    let is_curable = !table.cure().is_empty();
    let verdict = match table.origin() {
        Origin::Missing => return vec![Finding::problem(NAME, "there is no such table", APPLY)],
        Origin::Newer { version } => {
            let known = Schema::VERSION;
            let seen = format!(
                "it is of version {version}, made by a newer release; this one knows version {known}"
            );
            return vec![Finding::problem(NAME, seen, "use the newer release of this program")];
        }
        Origin::NoTable => Some(("it is a view, and not a table", BESIDE)),
        Origin::Foreign => Some((
            "it belongs to another program: it does not say that it is ours, and has not our columns",
            BESIDE,
        )),
        _ if is_curable => None,
        _ => Some(("it cannot be altered so that every session stays", BY_HAND)),
    };
    let differences = table.differences().iter().map(|difference| {
        let advice = if is_curable { APPLY } else { "" };
        Finding::problem(NAME, difference, advice)
    });
    differences.chain(verdict.map(|(seen, advice)| Finding::problem(NAME, seen, advice))).collect()
}
