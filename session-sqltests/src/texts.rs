//! The texts of a dialect.

use session_sql::{Dialect, StatementKind, texts};

/// Those that not every database has.
const OPTIONAL: [StatementKind; 2] = [StatementKind::CommitFour, StatementKind::CommitSixteen];

/// None is missing, and none is there twice; what reads begins like a query.
pub fn every_kind_has_one_text<D: Dialect>() {
    let mut kinds: Vec<usize> = texts::<D>().map(|(kind, _)| kind as usize).collect();
    kinds.sort_unstable();
    kinds.extend(
        OPTIONAL
            .into_iter()
            .map(|kind| kind as usize)
            .filter(|kind| !kinds.contains(kind))
            .collect::<Vec<_>>(),
    );
    kinds.sort_unstable();
    assert_eq!(kinds, Vec::from_iter(0..StatementKind::COUNT));
    for (kind, text) in texts::<D>() {
        assert_eq!(kind.writes(), !text.starts_with("SELECT"), "{text}");
        assert_eq!(kind.is_optional(), OPTIONAL.contains(&kind), "{text}");
    }
}
