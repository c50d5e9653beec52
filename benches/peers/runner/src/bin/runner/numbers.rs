/// The one in the middle, and how far the others are from it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(numbers: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut numbers: Vec<f64> = numbers.into_iter().collect();
        numbers.sort_unstable_by(f64::total_cmp);
        let median = *numbers.get(numbers.len() / 2)?;
        Some(Self { median, least: *numbers.first()?, most: *numbers.last()? })
    }

    /// `1.23 (1.20-1.31)`
    pub(crate) fn text(&self) -> String {
        format!("{:.2} ({:.2}-{:.2})", self.median, self.least, self.most)
    }
}
