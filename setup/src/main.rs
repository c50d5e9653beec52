#![doc = include_str!("../README.md")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its user")]

mod args;
mod failure;
mod finding;
mod mysql;
mod owners;
mod postgres;
mod question;
mod redis;
mod report;
mod sql;
mod sqlite;
mod trial;
mod utc;

use std::{
    io::{IsTerminal as _, Write as _, stderr, stdout},
    process::ExitCode,
};

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;
use session_mysql::Mysql;
use session_postgres::Postgres;

use self::{
    args::{Args, Command, GcArgs, OutputArgs, StatsArgs},
    failure::Failure,
    finding::{Finding, Level},
    report::Report,
};

fn main() -> ExitCode {
    let args = match Args::read(std::env::args_os()) {
        Ok(args) => args,
        Err(error) => error.exit(),
    };
    run(&args.command).unwrap_or_else(|error| {
        if args.command.is_json() {
            return Report::of_failure(&error.to_string()).print(OutputArgs { json: true, strict: false });
        }
        eprintln!("session-setup: {error}");
        ExitCode::FAILURE
    })
}

fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Redis(args) => return Ok(redis::look(args)?.print(args.output)),
        Command::Mysql(args) => return set_up::<Mysql>(args),
        Command::Postgres(args) => return set_up::<Postgres>(args),
        Command::Sqlite(args) => return Ok(sqlite::look(args)?.print(args.output)),
        Command::Gc(args) => collect(args)?,
        Command::Stats(args) => count(args)?,
        Command::Sessions(args) => return owners::list(args),
        Command::Revoke(args) => return owners::revoke(args),
        Command::Completions { shell } => stdout().write_all(&completions(*shell))?,
        Command::Man { command } => manual(command.as_deref()).render(&mut stdout())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn set_up<D: sql::Database>(args: &D::Args) -> Result<ExitCode, Failure> {
    let common = args.as_ref();
    if common.print {
        print!("{}", sql::print::<D>(args)?);
        return Ok(ExitCode::SUCCESS);
    }
    Ok(sql::set_up::<D>(args)?.print(common.output))
}

fn count(args: &StatsArgs) -> Result<(), Failure> {
    let url = args.table.url.read()?;
    if sqlite::is_url(&url) {
        println!("{}", session_sqlite::maintenance::Maintenance::open(&url)?.stats()?);
        return Ok(());
    }
    if postgres::is_url(&url) { sql::count::<Postgres>(&url, args) } else { sql::count::<Mysql>(&url, args) }
}

fn collect(args: &GcArgs) -> Result<(), Failure> {
    let is_shown = stderr().is_terminal();
    let progress = |removed: u64| {
        if is_shown {
            eprint!("\r{removed} rows removed");
        }
    };
    let url = args.table.url.read()?;
    let (table, batch) = (args.table.table.as_deref(), args.batch.batch);
    let removed = if sqlite::is_url(&url) {
        session_sqlite::maintenance::Maintenance::open(&url)?.collect(progress)?
    } else if postgres::is_url(&url) {
        sql::connect::<Postgres>(&url, table)?.collect(batch, progress)?
    } else {
        sql::connect::<Mysql>(&url, table)?.collect(batch, progress)?
    };
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
