use crate::measure::Cost;

/// An operation, and by which power of the varied quantity it has to grow: 0 not at all, 1 in proportion.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) power: f64,
}

/// What operations cost as something grows; every row is printed as it comes.
pub(crate) struct Table {
    pub(crate) varied: &'static str,
    pub(crate) operations: &'static [Operation],
    pub(crate) rows: Vec<Row>,
    facts: usize,
}

pub(crate) struct Row {
    pub(crate) size: u64,
    pub(crate) costs: Vec<Option<Cost>>,
}

/// More than this above the power that it has to be is no accident.
const TOLERANCE: f64 = 0.25;

impl Table {
    /// Prints the head, with columns of facts besides the operations.
    pub(crate) fn new(varied: &'static str, facts: &[&str], operations: &'static [Operation]) -> Self {
        let names = operations.iter().map(|operation| operation.name);
        let head: Vec<&str> = [varied].into_iter().chain(facts.iter().copied()).chain(names).collect();
        println!(
            "Microseconds: the median, and in brackets the processor time of the server and of this program.\n"
        );
        println!("| {} |\n|{}", head.join(" | "), "---:|".repeat(head.len()));
        Self { varied, operations, rows: Vec::new(), facts: facts.len() }
    }

    pub(crate) fn add(&mut self, size: u64, facts: &[u64], costs: Vec<Option<Cost>>) {
        let facts = facts.iter().map(|fact| format!(" {fact} |"));
        let cells = costs.iter().map(|cost| match cost {
            Some(cost) => {
                let [median, server, own] = cost.micros();
                format!(" {median:.0} ({server:.0}, {own:.0}) |")
            }
            None => " - |".to_owned(),
        });
        println!("| {size} |{}", facts.chain(cells).collect::<String>());
        self.rows.push(Row { size, costs });
    }

    /// By which power the costs grew in the last step; bold what grows faster than it must.
    pub(crate) fn print_growth(&self) {
        let [.., before, last] = self.rows.as_slice() else { return };
        let times = last.size as f64 / before.size as f64;
        let pairs = last.costs.iter().zip(&before.costs).zip(self.operations);
        let cells = pairs.map(|((last, before), operation)| match (last, before) {
            (Some(last), Some(before)) => {
                let [median, server, own] =
                    last.power(before, times).map(|power| marked(power, operation.power));
                format!(" {median} ({server}, {own}), must {} |", operation.power)
            }
            _ => " - |".to_owned(),
        });
        println!("| power of the last step |{}{}", " |".repeat(self.facts), cells.collect::<String>());
    }
}

fn marked(power: f64, must: f64) -> String {
    if power > must + TOLERANCE { format!("**{power:.2}**") } else { format!("{power:.2}") }
}
