/// The statements that one connection has prepared, by the numbers of their texts. The client libraries find theirs by
/// reading the whole text each time, which took a client longer than the server's answer.
pub(crate) struct Prepared<S>(Vec<Option<S>>);

impl<S: Clone> Prepared<S> {
    /// Cheap: a statement of either library is a shared pointer.
    pub(crate) fn get(&self, number: usize) -> Option<S> {
        self.0.get(number).cloned().flatten()
    }

    pub(crate) fn put(&mut self, number: usize, statement: S) {
        if number >= self.0.len() {
            self.0.resize(number + 1, None);
        }
        if let Some(place) = self.0.get_mut(number) {
            *place = Some(statement);
        }
    }
}

impl<S> Default for Prepared<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_its_own() {
        let mut prepared = Prepared::default();
        assert_eq!(prepared.get(2), None);
        prepared.put(2, 'c');
        prepared.put(0, 'a');
        prepared.put(2, 'd');
        assert_eq!([0, 1, 2, 3].map(|number| prepared.get(number)), [Some('a'), None, Some('d'), None]);
    }
}
