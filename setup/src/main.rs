//! Runs `session-setup`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to who started it")]

use std::{
    error::Error,
    io::{IsTerminal as _, stderr},
    process::ExitCode,
};

use session_mysql::maintenance::Maintenance;
use session_setup::{
    Finding, Level,
    args::{self, Command, MysqlOptions, RedisOptions, TableOptions, Task},
    mysql,
    redis::{Survey, acl_line, judge},
};

fn main() -> ExitCode {
    let url = std::env::var(args::URL_VARIABLE).ok();
    let command = match args::parse(std::env::args_os().skip(1), url) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("session-setup: {error}\nTry `session-setup --help`.");
            return ExitCode::from(2);
        }
    };
    run(command).unwrap_or_else(|error| {
        eprintln!("session-setup: {error}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Command::Help => print!("{}", args::HELP),
        Command::Version => println!("session-setup {}", env!("CARGO_PKG_VERSION")),
        Command::Redis(options) => return look_at_redis(&options),
        Command::Mysql(options) => return set_up_mysql(&options),
        Command::Gc(options) => collect(&options)?,
        Command::Stats(options) => println!("{}", mysql::stats(&options)?),
    }
    Ok(ExitCode::SUCCESS)
}

fn look_at_redis(options: &RedisOptions) -> Result<ExitCode, Box<dyn Error>> {
    let survey = Survey::of(options)?;
    println!("{survey}\n");
    let verdict = tell(&judge(&survey));
    println!("\nThe least that a user for sessions needs:\n  {}", acl_line(&options.prefix));
    Ok(verdict)
}

fn set_up_mysql(options: &MysqlOptions) -> Result<ExitCode, Box<dyn Error>> {
    if options.task == Task::Print {
        print!("{}", mysql::print(options)?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut maintenance = Maintenance::connect(&options.table.url, options.table.table.as_deref())?;
    let findings = match options.task {
        Task::Apply => mysql::apply(&mut maintenance, options)?,
        Task::Verify | Task::Print => mysql::verify(&mut maintenance, options)?,
    };
    let (user, host) = &options.account;
    let grant = maintenance.grant(user, host)?;
    let verdict = tell(&findings);
    println!("\nThe least that a user for sessions needs:\n  {grant};");
    Ok(verdict)
}

fn collect(options: &TableOptions) -> Result<(), Box<dyn Error>> {
    let shows = stderr().is_terminal();
    let removed = mysql::collect(options, |removed| {
        if shows {
            eprint!("\r{removed} rows removed");
        }
    })?;
    if shows {
        eprintln!();
    }
    println!("{removed} expired rows removed");
    Ok(())
}

fn tell(findings: &[Finding]) -> ExitCode {
    for finding in findings {
        println!("{finding}");
    }
    let has_problem = findings.iter().any(|finding| finding.level == Level::Problem);
    if has_problem { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
