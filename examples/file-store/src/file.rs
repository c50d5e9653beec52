use std::{
    fmt::Write as _,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use session_core::{
    id::{Digest, Family},
    store::{Cursor, StoreError},
};

use crate::{
    failure::{failed, undecodable},
    record::Record,
};

/// One session of a family as the file has it; decoded only when somebody asks for it, so that a record nobody
/// can read disturbs no other.
pub(crate) struct Entry {
    /// Its place in the family; the greater, the newer.
    pub(crate) cursor: Cursor,
    pub(crate) record: Vec<u8>,
}

impl Entry {
    pub(crate) fn decode(&self) -> Result<Record, StoreError> {
        Record::decode(&self.record)
    }
}

/// The file of a family: all its sessions, oldest first.
pub(crate) fn read(path: &Path) -> Result<Vec<Entry>, StoreError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let (mut entries, mut rest) = (Vec::new(), bytes.as_slice());
    while !rest.is_empty() {
        let entry;
        (entry, rest) = split(rest).ok_or_else(|| undecodable("a file that ends too early"))?;
        entries.push(entry);
    }
    Ok(entries)
}

fn split(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let (digest, rest) = bytes.split_first_chunk::<32>()?;
    let (position, rest) = rest.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (record, rest) = rest.split_at_checked(length)?;
    let cursor = Cursor { position: u64::from_be_bytes(*position), digest: Digest::from_bytes(*digest) };
    Some((Entry { cursor, record: record.to_vec() }, rest))
}

/// Replaces the file in one step: readers see all of the old one or all of the new one.
pub(crate) fn replace(path: &Path, entries: &[Entry]) -> Result<(), StoreError> {
    if entries.is_empty() {
        return match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        };
    }
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend(entry.cursor.digest.as_bytes());
        bytes.extend(entry.cursor.position.to_be_bytes());
        bytes.extend((entry.record.len() as u64).to_be_bytes());
        bytes.extend(&entry.record);
    }
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let number = WRITES.fetch_add(1, Ordering::Relaxed);
    let new = path.with_extension(format!("{}-{number}.new", std::process::id()));
    let written = fs::write(&new, bytes).and_then(|()| fs::rename(&new, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&new);
        failed(error)
    })
}

/// Keeps every other writer of the family out until it is dropped, in this process and in others.
///
/// A family shares its lock file with others, because a lock file can never be removed safely.
pub(crate) fn lock(directory: &Path, family: &Family) -> Result<File, StoreError> {
    let [.., last] = family.as_bytes();
    let path = directory.join(format!("{:02x}.lock", last % 64));
    let file = File::options().create(true).truncate(false).write(true).open(path);
    file.and_then(|file| file.lock().map(|()| file)).map_err(failed)
}

pub(crate) fn path(directory: &Path, family: &Family) -> PathBuf {
    let mut name = String::with_capacity(41);
    for byte in family.as_bytes() {
        // Hexadecimal: no byte of a family means anything to the file system (FAMILY-4).
        let _ = write!(name, "{byte:02x}");
    }
    directory.join(name + ".sessions")
}

/// The families that have a file.
pub(crate) fn families(directory: &Path) -> Result<Vec<Family>, StoreError> {
    let names = fs::read_dir(directory).map_err(failed)?;
    let family = |name: &str| {
        let bytes = u128::from_str_radix(name.strip_suffix(".sessions")?, 16).ok()?;
        Some(Family::from_bytes(bytes.to_be_bytes()))
    };
    let names = names.filter_map(|entry| family(entry.ok()?.file_name().to_str()?));
    Ok(names.collect())
}
