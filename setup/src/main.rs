#![doc = include_str!("../README.md")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its user")]

mod args;
mod finding;
mod mysql;
mod redis;

use std::{
    error::Error,
    io::{IsTerminal as _, Write as _, stderr, stdout},
    process::ExitCode,
};

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;

use self::{
    args::{Args, Command, GcArgs, MysqlArgs, RedisArgs},
    finding::{Finding, Level},
};

fn main() -> ExitCode {
    let args = match Args::read(std::env::args_os()) {
        Ok(args) => args,
        Err(error) => error.exit(),
    };
    run(&args.command).unwrap_or_else(|error| {
        eprintln!("session-setup: {error}");
        ExitCode::FAILURE
    })
}

fn run(command: &Command) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Command::Redis(args) => return look_at_redis(args),
        Command::Mysql(args) => return set_up_mysql(args),
        Command::Gc(args) => collect(args)?,
        Command::Stats(table) => println!("{}", table.connect()?.stats()?),
        Command::Completions { shell } => stdout().write_all(&completions(*shell))?,
        Command::Man { command } => manual(command.as_deref()).render(&mut stdout())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn look_at_redis(args: &RedisArgs) -> Result<ExitCode, Box<dyn Error>> {
    let survey = redis::Survey::of(args)?;
    println!("{survey}\n");
    let status = report(&redis::judge(&survey));
    let rules = session_redis::acl_rules(&args.prefix);
    println!("\nThe least that a user for sessions needs:\n  ACL SETUSER sessions on >PASSWORD {rules}");
    Ok(status)
}

fn set_up_mysql(args: &MysqlArgs) -> Result<ExitCode, Box<dyn Error>> {
    if args.print {
        print!("{}", mysql::print(args)?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut maintenance = args.table.connect()?;
    let findings = match args.verify {
        true => mysql::verify(&mut maintenance, args.event())?,
        false => mysql::apply(&mut maintenance, args)?,
    };
    let (user, host) = &args.grant;
    let grant = maintenance.grant(user, host)?;
    let status = report(&findings);
    println!("\nThe least that a user for sessions needs:\n  {grant};");
    Ok(status)
}

fn collect(args: &GcArgs) -> Result<(), Box<dyn Error>> {
    let is_shown = stderr().is_terminal();
    let removed = args.table.connect()?.collect(args.batch.batch, |removed| {
        if is_shown {
            eprint!("\r{removed} rows removed");
        }
    })?;
    if is_shown {
        eprintln!();
    }
    println!("{removed} expired rows removed");
    Ok(())
}

fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "session-setup", &mut script);
    script
}

/// The manual page of the program, or of one of its commands.
fn manual(command: Option<&str>) -> Man {
    let mut program = Args::command();
    program.build();
    let page = command.and_then(|name| program.find_subcommand(name)).unwrap_or(&program);
    Man::new(page.clone())
}

/// Prints what was found; fails if there is a problem.
fn report(findings: &[Finding]) -> ExitCode {
    for finding in findings {
        println!("{finding}");
    }
    let has_problem = findings.iter().any(|finding| finding.level == Level::Problem);
    if has_problem { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
