//! Runs `session-setup`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to who started it")]

use std::process::ExitCode;

use session_setup::{
    Level,
    args::{self, Command},
    redis::{Survey, judge},
};

fn main() -> ExitCode {
    let url = std::env::var(args::URL_VARIABLE).ok();
    match args::parse(std::env::args_os().skip(1), url) {
        Ok(Command::Help) => print!("{}", args::HELP),
        Ok(Command::Version) => println!("session-setup {}", env!("CARGO_PKG_VERSION")),
        Ok(Command::Redis(options)) => return look_at_redis(&options),
        Err(error) => {
            eprintln!("session-setup: {error}\nTry `session-setup --help`.");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn look_at_redis(options: &args::RedisOptions) -> ExitCode {
    let survey = match Survey::of(options) {
        Ok(survey) => survey,
        Err(error) => {
            eprintln!("session-setup: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{survey}\n");
    let findings = judge(&survey);
    for finding in &findings {
        println!("{finding}");
    }
    println!(
        "\nThe least that a user for sessions needs:\n  {}",
        session_setup::redis::acl_line(&options.prefix)
    );
    if findings.iter().any(|finding| finding.level == Level::Problem) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
