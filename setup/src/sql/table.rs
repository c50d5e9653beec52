use session_sql::maintenance::{Comparison, Origin};

use super::Database;
use crate::Finding;

const NAME: &str = "table";

/// Says what the table is, and every difference.
pub(super) fn judge<D: Database>(table: &Comparison) -> Vec<Finding> {
    const BESIDE: &str = "give sessions a table of another name: `?table=sessions` in the URL of the application \
                          and of this program";

    let apply = format!("session-setup {} --apply", D::COMMAND);
    let by_hand =
        format!("rename {} and run this again: it makes a new one, and all users sign in again", D::TABLE);
    if table.is_ready() {
        return vec![Finding::fine(NAME, "as it must be")];
    }
    let is_curable = table.cure().is_some();
    let verdict = match table.origin() {
        Origin::Missing => return vec![Finding::problem(NAME, "there is no such table", &apply)],
        Origin::Newer { version } => {
            let known = D::SCHEMA_VERSION;
            let seen = format!(
                "it is of version {version}, made by a newer release; this one knows version {known}"
            );
            return vec![Finding::problem(NAME, seen, "use the newer release of this program")];
        }
        Origin::Php => Some((
            "it is the table of the PHP original (aloframework/session), which has the same name; both can live \
             side by side in two tables, and users sign in anew in each",
            BESIDE,
        )),
        Origin::NoTable => Some(("it is a view, and not a table", BESIDE)),
        Origin::Foreign => Some((
            "it belongs to another program: it does not say that it is ours, and has not our columns",
            BESIDE,
        )),
        _ if is_curable => None,
        _ => Some(("it cannot be altered so that every session stays", &*by_hand)),
    };
    let advice = if is_curable { &*apply } else { "" };
    let differences = table.differences().iter();
    let differences = differences.map(|difference| Finding::problem(NAME, difference.to_string(), advice));
    differences.chain(verdict.map(|(seen, advice)| Finding::problem(NAME, seen, advice))).collect()
}
