use std::{fs, io, os::unix::fs::MetadataExt as _, path::Path, sync::OnceLock};

use super::product::Product;
use crate::{ServerError, program::run, watchdog::Watchdog};

/// A new data directory, installed once and copied for each server.
#[derive(Debug)]
pub(super) struct Template(Watchdog);

impl Template {
    const DATA: &str = "data";
    /// The number of the server, of which a copy needs another, and certificates: without them it speaks no TLS.
    const NOT_COPIED: [&str; 7] = [
        "auto.cnf",
        "ca.pem",
        "ca-key.pem",
        "server-cert.pem",
        "server-key.pem",
        "client-cert.pem",
        "client-key.pem",
    ];
    /// One statement on each line. MySQL has no `root` for a connection over TCP.
    const SQL: &str = "CREATE DATABASE session_test;\n";
    const MYSQL: &str =
        "CREATE USER root@'127.0.0.1';\nGRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n";

    /// Copies a new data directory to this path.
    pub(super) fn copy_to(product: &Product, target: &Path) -> Result<(), ServerError> {
        static TEMPLATE: OnceLock<Result<Template, String>> = OnceLock::new();

        match TEMPLATE.get_or_init(|| Self::install(product).map_err(|error| error.to_string())) {
            Ok(template) => copy(&template.0.directory().join(Self::DATA), target)
                .map_err(ServerError::io("copying a fresh data directory")),
            Err(failure) => Err(ServerError::failed("making a data directory", failure.clone())),
        }
    }

    fn install(product: &Product) -> Result<Self, ServerError> {
        let watchdog = Watchdog::start()?;
        let directory = watchdog.directory();
        let (data, sql) = (directory.join(Self::DATA), directory.join("new.sql"));
        let text = if product.is_mysql { [Self::SQL, Self::MYSQL].concat() } else { Self::SQL.to_owned() };
        fs::write(&sql, text).map_err(ServerError::io("writing SQL"))?;
        let mut command = product.installer(&data, &sql)?;
        command.args(user_argument(directory)?);
        // In a shared directory, a server that starts removes files that look like its own.
        command.env("TMPDIR", directory);
        watchdog.adopt(&mut command).map_err(ServerError::io("running the installer in a group"))?;
        run(&mut command, directory, "")?;
        if product.is_mysql {
            for file in Self::NOT_COPIED {
                fs::remove_file(data.join(file)).map_err(ServerError::io(format!("removing {file}")))?;
            }
        }
        Ok(Self(watchdog))
    }
}

/// The server runs as root only with this argument. The owner of the private directory is the current user.
pub(super) fn user_argument(directory: &Path) -> Result<Option<&'static str>, ServerError> {
    let found = directory.metadata().map_err(ServerError::io("reading who owns the private directory"))?;
    Ok((found.uid() == 0).then_some("--user=root"))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
