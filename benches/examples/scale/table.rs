use crate::measure::Cost;

/// An operation, and the expected power of its growth with the quantity: 0 not at all, 1 in proportion.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) power: f64,
}

/// The costs of operations as a quantity grows; every row is printed at once.
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

/// A power this much above the expected one is printed in bold.
const TOLERANCE: f64 = 0.25;

impl Table {
    /// Prints the header, with columns of facts beside the operations.
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

    /// Prints the powers by which the costs grew in the last step; bold where they grow faster than expected.
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
