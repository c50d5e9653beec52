//! Servers do not outlive the program that started them.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use session_testkit::servers::{MariaDb, RedisServer, Target};

use crate::support::{Checked, is_gone, play, until};

/// The program that is killed: it starts servers, says where they are, and waits.
pub(crate) fn own(exits: bool) -> ExitCode {
    let run = || -> Checked {
        let redis = RedisServer::builder().config("appendonly yes").start()?;
        let database = MariaDb::start()?;
        // Restarted ones must end, too, and frozen ones.
        redis.restart()?;
        database.freeze()?;
        let shared = Target::redis().map_err(|error| error.to_string())?.server().ok_or("it is ours")?;
        let mut out = std::io::stdout().lock();
        for (process, address, directory) in [
            (redis.process_id(), redis.address(), redis.directory()),
            (database.process_id(), database.address(), database.directory()),
            (shared.process_id(), shared.address(), shared.directory()),
        ] {
            writeln!(out, "{} {address} {}", process.ok_or("it runs")?, directory.display())?;
        }
        writeln!(out)?;
        if exits {
            // What is shared is never dropped, and an exit drops nothing else.
            std::process::exit(0);
        }
        std::io::stdin().read_to_end(&mut vec![])?;
        Err("it was not killed".into())
    };
    if let Err(error) = run() {
        // The test reads this instead of a server.
        let _ = writeln!(std::io::stdout(), "{error}");
    }
    ExitCode::FAILURE
}

pub(crate) fn everything_ends_with_a_killed_owner() -> Checked {
    end_of("owner")
}

pub(crate) fn everything_ends_with_an_owner_that_exits() -> Checked {
    end_of("owner that exits")
}

fn end_of(role: &str) -> Checked {
    // Absent here is absent there.
    drop((RedisServer::start()?, MariaDb::start()?));
    let mut owner = play(role)?.env_remove("SESSION_TEST_REDIS_URL").spawn()?;
    let stdout = owner.stdout.take().ok_or("a pipe")?;
    let mut servers = vec![];
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        servers.push(parse(&line).ok_or(line)?);
    }
    // SIGKILL: nothing in the owner runs any more.
    owner.kill()?;
    owner.wait()?;
    assert_eq!(servers.len(), 3);
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
