use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{ServerError, program::Program};

/// The name of these servers in `SESSION_TEST_REQUIRE`.
pub(super) const PROGRAM_KIND: &str = "postgres";

/// The directory with the programs of one version of PostgreSQL.
#[derive(Debug, Clone)]
pub(super) struct Programs(PathBuf);

impl Programs {
    const SERVER: Program = Program { kind: PROGRAM_KIND, names: &["postgres"], package: "postgresql" };
    /// Debian has a directory for each version here, and none of them on the `PATH`.
    const VERSIONS: &str = "/usr/lib/postgresql";

    /// The programs beside the server that the environment names, for other versions; or beside the server on the `PATH`;
    /// or the newest that Debian has installed.
    pub(super) fn find() -> Result<Self, ServerError> {
        let named = env::var_os("SESSION_TEST_POSTGRES_SERVER").filter(|path| !path.is_empty());
        let server = match named {
            Some(path) => path.into(),
            None => Self::SERVER.find().or_else(|missing| Self::newest().ok_or(missing))?,
        };
        let tried = format!("looking for {}", server.display());
        let server = server.canonicalize().map_err(ServerError::io(tried))?;
        Ok(Self(server.parent().unwrap_or(Path::new("/")).to_owned()))
    }

    fn newest() -> Option<PathBuf> {
        let versions = fs::read_dir(Self::VERSIONS).ok()?.flatten().map(|version| version.path());
        let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
        let servers = versions.filter_map(|path| Some((number(&path)?, path.join("bin/postgres"))));
        servers.filter(|(_, server)| server.exists()).max().map(|(_, server)| server)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn command(&self, name: &str) -> Command {
        Command::new(self.path(name))
    }
}
