use std::io::{IsTerminal as _, Write as _, stderr, stdin, stdout};

use crate::Report;

/// Shows the report and asks whether to go on. Without a terminal the answer is no.
pub(crate) fn confirmed(report: &Report, question: &str) -> bool {
    if !stdin().is_terminal() || !stdout().is_terminal() {
        return false;
    }
    report.print_text();
    let _ = write!(stderr(), "\n{question} [y/N] ");
    let mut answer = String::new();
    let _ = stdin().read_line(&mut answer);
    matches!(answer.trim(), "y" | "Y" | "yes")
}
