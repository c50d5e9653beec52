use std::time::Duration;

/// A statement that takes longer than this is followed by a smaller one.
const LONG: Duration = Duration::from_millis(100);
/// A statement that takes less than this is followed by a larger one.
const SHORT: Duration = Duration::from_millis(25);

/// How many rows the next statement concerns: so many that the statements are few, and so few that each is short. No I/O.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Batch {
    rows: u32,
    most: u32,
}

impl Batch {
    pub(crate) const fn new(first: u32, most: u32) -> Self {
        Self { rows: first, most }
    }

    pub(crate) const fn rows(self) -> u32 {
        self.rows
    }

    /// Learns from the time that a full batch took.
    pub(crate) fn took(&mut self, time: Duration) {
        if time < SHORT {
            self.rows = self.rows.saturating_mul(2).min(self.most);
        } else if time > LONG {
            self.rows = (self.rows / 2).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_grows_while_it_is_quick_and_shrinks_when_it_is_slow() {
        let mut batch = Batch::new(3, 10);
        let sizes = [0, 24, 0, 25, 100, 101, 1000, 1000, 1000].map(|millis| {
            batch.took(Duration::from_millis(millis));
            batch.rows()
        });
        assert_eq!(sizes, [6, 10, 10, 10, 10, 5, 2, 1, 1]);
    }
}
