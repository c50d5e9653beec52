//! Servers do not outlive the program that started them.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _, stdin, stdout},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use session_testservers::{MariaDb, PgBouncer, Postgres, RedisServer, Target};

use crate::support::{Checked, is_gone, play, until};

/// The program that is killed. It starts servers, prints where they are, and waits.
pub(crate) fn be_killed() -> ExitCode {
    report(|| {
        let redis = RedisServer::builder().config("appendonly yes").start()?;
        let database = MariaDb::start()?;
        let postgres = Postgres::start()?;
        let bouncer = PgBouncer::start(&postgres, &[])?;
        // Restarted and frozen servers must end, too.
        redis.restart()?;
        database.freeze()?;
        postgres.freeze()?;
        say(redis.process_id(), redis.address(), redis.directory())?;
        say(database.process_id(), database.address(), database.directory())?;
        say(postgres.process_id(), postgres.address(), postgres.directory())?;
        say(bouncer.process_id(), bouncer.address(), bouncer.directory())?;
        writeln!(stdout())?;
        stdin().read_to_end(&mut vec![])?;
        Err("it was not killed".into())
    })
}

/// The program that exits without dropping its shared server.
pub(crate) fn exit() -> ExitCode {
    report(|| {
        let target = Target::redis().map_err(|error| error.to_string())?;
        let shared = target.server().ok_or("it is ours")?;
        say(shared.process_id(), shared.address(), shared.directory())
    })
}

/// Prints an error, which the test then reads instead of a server.
fn report(run: impl FnOnce() -> Checked) -> ExitCode {
    let printed = run().or_else(|error| writeln!(stdout(), "{error}"));
    if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(process: Option<u32>, address: SocketAddr, directory: &Path) -> Checked {
    Ok(writeln!(stdout(), "{} {address} {}", process.ok_or("it runs")?, directory.display())?)
}

pub(crate) fn everything_ends_with_a_killed_owner() -> Checked {
    // A missing program here is missing in the other process, too.
    let postgres = Postgres::start()?;
    drop((RedisServer::start()?, MariaDb::start()?, PgBouncer::start(&postgres, &[])?));
    end_of("to be killed", 4)
}

pub(crate) fn everything_ends_with_an_owner_that_exits() -> Checked {
    drop(RedisServer::start()?);
    end_of("to exit", 1)
}

fn end_of(role: &str, expected: usize) -> Checked {
    let mut owner = play(role)?.env_remove("SESSION_TEST_REDIS_URL").spawn()?;
    let lines = BufReader::new(owner.stdout.take().ok_or("a pipe")?).lines();
    let mut servers = vec![];
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        servers.push(parse(&line).ok_or(line)?);
    }
    assert_eq!(servers.len(), expected);
    // SIGKILL, so that no code of the owner runs any more.
    owner.kill()?;
    owner.wait()?;
    for (process, address, directory) in servers {
        until(&format!("gone: {}", directory.display()), || is_gone(process, address, &directory))?;
    }
    Ok(())
}

fn parse(line: &str) -> Option<(u32, SocketAddr, PathBuf)> {
    let (process, rest) = line.split_once(' ')?;
    let (address, directory) = rest.split_once(' ')?;
    Some((process.parse().ok()?, address.parse().ok()?, directory.into()))
}
