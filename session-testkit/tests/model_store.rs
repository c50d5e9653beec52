//! The kit passes on its own model.

use std::process::ExitCode;

fn main() -> ExitCode {
    session_testkit::main(session_testkit::ModelFixture)
}
