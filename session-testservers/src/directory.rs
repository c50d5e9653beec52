use std::{
    env,
    fs::{self, DirBuilder},
    io::{self, ErrorKind},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

/// A directory for the files of a test. Every user of the machine may read it, because a server may run as another one. It is
/// removed when this is dropped.
///
/// ```
/// use session_testservers::{Directory, certificates::Authority};
///
/// let directory = Directory::new()?;
/// let authority = Authority::make(directory.path(), "root")?;
/// assert!(authority.certificate().starts_with(directory.path()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Directory(PathBuf);

impl Directory {
    /// Makes one with a name of its own, where temporary files are.
    ///
    /// # Errors
    /// When nothing can be made there.
    pub fn new() -> io::Result<Self> {
        make(0o755).map(Self)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What is left is the system's to remove.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Makes a directory of this mode that nobody removes.
pub(crate) fn make(mode: u32) -> io::Result<PathBuf> {
    static NEXT: AtomicU64 = AtomicU64::new(0);

    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("session-testservers-{}-{number}", process::id()));
        match DirBuilder::new().mode(mode).create(&path) {
            Ok(()) => return Ok(path),
            // Another container, or a time before the last boot, had a process with the same number.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}
