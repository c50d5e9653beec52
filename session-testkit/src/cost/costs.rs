use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::Errand;

/// The round trips of each operation through each API, as far as they were counted. Clones share the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Costs(Arc<Mutex<BTreeMap<String, BTreeMap<Errand, Cost>>>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    median: u64,
    most: u64,
    budget: Option<u64>,
}

impl Costs {
    /// Notes the counts of an errand, which are in order.
    pub(super) fn note(&self, api: &str, errand: Errand, counts: &[u64], budget: Option<u64>) {
        let (Some(median), Some(most)) = (counts.get(counts.len() / 2), counts.last()) else { return };
        let cost = Cost { median: *median, most: *most, budget };
        let mut costs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        costs.entry(api.to_owned()).or_default().insert(errand, cost);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.median, self.most) {
            (median, most) if median == most => write!(f, "{median}"),
            (median, most) => write!(f, "{median} to {most}"),
        }
    }
}

/// A table in Markdown: the median, and the most where it differs.
impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let costs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let columns = costs.keys().map(|api| format!(" {api:<9} |"));
        writeln!(f, "| {:<26} |{} declared |", "round trips", columns.collect::<String>())?;
        writeln!(f, "|----------------------------|{}----------|", "-----------|".repeat(costs.len()))?;
        for errand in Errand::ALL {
            let row: Vec<Option<&Cost>> = costs.values().map(|counted| counted.get(errand)).collect();
            let budget = row.iter().flatten().find_map(|cost| cost.budget);
            let cells =
                row.iter().map(|cost| format!(" {:<9} |", cost.map_or_else(String::new, Cost::to_string)));
            let budget = budget.map_or_else(String::new, |budget| budget.to_string());
            writeln!(f, "| {errand:<26} |{} {budget:<8} |", cells.collect::<String>())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_median_and_the_most_of_each_api() {
        let costs = Costs::default();
        costs.note("async", Errand::Load, &[1, 1, 4], Some(2));
        costs.note("blocking", Errand::Load, &[2], Some(2));
        costs.note("blocking", Errand::Touch, &[3, 4], None);
        let table = costs.to_string();
        let lines: Vec<&str> = table.lines().collect();
        let row = |errand: Errand| {
            let line = lines.iter().find(|line| line.starts_with(&format!("| {errand:<26} |")));
            line.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default()
        };
        assert!(lines[0].ends_with("| async     | blocking  | declared |"), "{table}");
        assert_eq!(row(Errand::Load), "| load | 1 to 4 | 2 | 2 |");
        assert_eq!(row(Errand::Touch), "| touch | | 4 | |");
    }
}
