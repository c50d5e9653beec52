use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    ServerError,
    program::{Program, run},
};

/// The name of these servers in `SESSION_TEST_REQUIRE`.
pub(super) const PROGRAM_KIND: &str = "mysql";

/// The program of the server, and which of the two products it is.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub(super) server: PathBuf,
    /// The directory that the server belongs to, or `None` for the server on the `PATH`.
    pub(super) home: Option<PathBuf>,
    pub(super) is_mysql: bool,
}

impl Product {
    const SERVER: Program =
        Program { kind: PROGRAM_KIND, names: &["mariadbd", "mysqld"], package: "mariadb-server" };
    const CLIENT: Program =
        Program { kind: PROGRAM_KIND, names: &["mariadb", "mysql"], package: "mariadb-client" };
    const INSTALLER: Program =
        Program { kind: PROGRAM_KIND, names: &["mariadb-install-db"], package: "mariadb-server" };

    /// The server that the environment names, for other versions and for MySQL, or the one on the `PATH`. The directory
    /// is for the output of the program.
    pub(super) fn find(directory: &Path) -> Result<Self, ServerError> {
        let (server, home) = match Self::named() {
            None => (Self::SERVER.find()?, None),
            Some(path) => {
                let tried = format!("looking for {}", path.display());
                let path = path.canonicalize().map_err(ServerError::io(tried))?;
                // The program is in `bin` or `sbin`.
                let home = path.ancestors().nth(2).map(Path::to_owned);
                (path, home)
            }
        };
        let version = run(Command::new(&server).args(["--no-defaults", "--version"]), directory, "")?;
        Ok(Self { server, home, is_mysql: !version.contains("MariaDB") })
    }

    /// Finds the client, after a look at all other programs, so that an absent one is told before anything is started.
    pub(super) fn client() -> Result<PathBuf, ServerError> {
        if Self::named().is_none() && !Self::SERVER.find()?.ends_with("mysqld") {
            Self::INSTALLER.find()?;
        }
        Self::CLIENT.find()
    }

    /// The program that the environment names.
    pub(super) fn named() -> Option<PathBuf> {
        env::var_os("SESSION_TEST_MYSQL_SERVER").filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    /// The command that makes a data directory and runs a file of SQL in it.
    pub(super) fn installer(&self, data: &Path, sql: &Path) -> Result<Command, ServerError> {
        let (data, sql) = (data.display(), sql.display());
        if self.is_mysql {
            let mut command = Command::new(&self.server);
            command.args(["--no-defaults", "--initialize-insecure", "--innodb-redo-log-capacity=8M"]);
            command.args([format!("--datadir={data}"), format!("--init-file={sql}")]);
            return Ok(command);
        }
        let mut command = match &self.home {
            None => Command::new(Self::INSTALLER.find()?),
            Some(home) => Command::new(home.join("bin/mariadb-install-db")),
        };
        command.arg("--no-defaults");
        command.args(self.home.iter().map(|home| format!("--basedir={}", home.display())));
        command.args([format!("--datadir={data}"), format!("--extra-file={sql}")]);
        command.args(["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]);
        // Skips a name lookup, which fails in a container that does not know `localhost`.
        command.arg("--force");
        // The smaller the log, the faster the copy.
        command.arg("--innodb-log-file-size=8M");
        Ok(command)
    }

    /// Lines of `my.cnf` that only this product knows.
    pub(super) const fn settings(&self) -> &'static [&'static str] {
        if self.is_mysql {
            // No second port, no TLS of its own, and a commit does not wait for the disk here either.
            &[
                "innodb-redo-log-capacity=8M",
                "mysqlx=OFF",
                "secure-file-priv=NULL",
                "auto-generate-certs=OFF",
                "sync-binlog=0",
            ]
        } else {
            &["innodb-log-file-size=8M"]
        }
    }
}
