use std::{path::Path, process::Command, sync::OnceLock};

use super::{programs::Programs, server::Postgres};
use crate::{ServerError, account::Account, program::run, watchdog::Watchdog};

/// A new data directory, installed once and copied for each server.
#[derive(Debug)]
pub(super) struct Template(Watchdog);

impl Template {
    const INITDB: [&str; 6] = [
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync",
        "--no-instructions",
    ];

    /// Copies a new data directory to this path. The owners of the files stay.
    pub(super) fn copy_to(programs: &Programs, target: &Path) -> Result<(), ServerError> {
        static TEMPLATE: OnceLock<Result<Template, String>> = OnceLock::new();

        match TEMPLATE.get_or_init(|| Self::install(programs).map_err(|error| error.to_string())) {
            Ok(template) => {
                let directory = template.0.directory();
                let mut copy = Command::new("cp");
                copy.arg("-a").arg(directory.join(Postgres::DATA)).arg(target);
                run(&mut copy, directory, "").map(drop)
            }
            Err(failure) => Err(ServerError::failed("making a data directory", failure.clone())),
        }
    }

    fn install(programs: &Programs) -> Result<Self, ServerError> {
        let watchdog = Watchdog::start()?;
        let directory = watchdog.directory();
        let account = Account::of(directory)?;
        let data = directory.join(Postgres::DATA);
        let mut install = programs.command("initdb");
        install.args(Self::INITDB).arg("-D").arg(&data);
        // Without a server, so that nothing needs a port yet; -F writes nothing through to the disk.
        let mut create = programs.command("postgres");
        create.args(["--single", "-F", "-D"]).arg(&data).arg("postgres");
        let sql = format!("CREATE DATABASE {}\n", Postgres::DATABASE);
        for (mut command, input) in [(install, ""), (create, sql.as_str())] {
            account.run_as(&mut command);
            command.current_dir(directory);
            watchdog.adopt(&mut command).map_err(ServerError::io("running the installer in a group"))?;
            run(&mut command, directory, input)?;
        }
        Ok(Self(watchdog))
    }
}
