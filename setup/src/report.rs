use std::process::ExitCode;

use serde_json::json;

use crate::{Finding, Level, args::OutputArgs};

/// What a command has found out, for people or for programs.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What was looked at.
    pub(crate) heading: String,
    pub(crate) findings: Vec<Finding>,
    /// The statements that were carried out, or would be.
    pub(crate) statements: Vec<String>,
    pub(crate) is_applied: bool,
    /// The statement that gives an account the least rights.
    pub(crate) account: Option<String>,
}

impl Report {
    /// A report of one problem: that there is nothing to look at.
    pub(crate) fn of_failure(text: &str) -> Self {
        Self { findings: vec![Finding::problem("server", text, "")], ..Self::default() }
    }

    /// Prints it. The exit status fails for a problem, and if asked for a warning.
    pub(crate) fn print(&self, output: OutputArgs) -> ExitCode {
        if output.json {
            self.print_json(output);
        } else {
            self.print_text();
        }
        if self.is_good(output) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Prints what there is to read before a question.
    pub(crate) fn print_text(&self) {
        println!("{}\n", self.heading);
        for finding in &self.findings {
            println!("{finding}");
        }
        if !self.statements.is_empty() {
            println!(
                "\n{}",
                if self.is_applied { "Carried out:" } else { "To be carried out with --apply:" }
            );
            for statement in &self.statements {
                println!("  {};", statement.replace('\n', "\n  "));
            }
        }
        if let Some(account) = &self.account {
            println!("\nThe least that a user for sessions needs:\n  {account}");
        }
    }

    fn print_json(&self, output: OutputArgs) {
        let findings: Vec<_> = self.findings.iter().map(Finding::json).collect();
        let report = json!({
            "format": 1,
            "ok": self.is_good(output),
            "server": self.heading,
            "findings": findings,
            "statements": self.statements,
            "applied": self.is_applied,
            "account": self.account,
        });
        println!("{report:#}");
    }

    fn is_good(&self, output: OutputArgs) -> bool {
        let worst = if output.strict { Level::Warning } else { Level::Problem };
        self.findings.iter().all(|finding| finding.level < worst)
    }
}
