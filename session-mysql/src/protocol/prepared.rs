use super::sql::StatementKind;

/// The statements that one connection has prepared, by their kind. The client libraries find theirs by reading the whole
/// text each time, which takes a client longer than the server's reply.
pub(crate) struct Prepared<S>(Vec<Option<S>>);

impl<S: Clone> Prepared<S> {
    /// Cheap: a statement of either library is a shared pointer.
    pub(crate) fn get(&self, kind: StatementKind) -> Option<S> {
        self.0.get(kind as usize).cloned().flatten()
    }

    pub(crate) fn put(&mut self, kind: StatementKind, statement: S) {
        if let Some(place) = self.0.get_mut(kind as usize) {
            *place = Some(statement);
        }
    }
}

impl<S: Clone> Default for Prepared<S> {
    fn default() -> Self {
        Self(vec![None; StatementKind::COUNT])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        StatementKind::{Commit, Load, Sweep, Touch},
        *,
    };

    #[test]
    fn each_kind_has_its_own() {
        let mut prepared = Prepared::default();
        assert_eq!(prepared.get(Commit), None);
        prepared.put(Sweep, 'c');
        prepared.put(Load, 'a');
        prepared.put(Sweep, 'd');
        assert_eq!([Load, Touch, Sweep].map(|kind| prepared.get(kind)), [Some('a'), None, Some('d')]);
    }
}
