//! Which file system a file is on, as Linux tells it.

use std::{fs, path::Path};

use session_core::store::StoreErrorKind;

use crate::failure::{Failure, Result};

/// Those that several machines mount. Their processes share no memory, and may have no locks in common.
const NETWORK: &str = "afs beegfs ceph cifs fuse.glusterfs fuse.sshfs glusterfs lustre nfs nfs4 smb3 smbfs";

/// Fails if other machines may have the file. What cannot be found out is no obstacle.
pub(super) fn check(path: &Path) -> Result<()> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let place = path.canonicalize().or_else(|_| path.parent().unwrap_or(path).canonicalize());
    match place.ok().as_deref().and_then(|place| file_system(&mounts, place)) {
        Some(kind) if NETWORK.split(' ').any(|network| network == kind) => Err(Failure::found(
            StoreErrorKind::Unsupported,
            format!(
                "{} is on a network file system ({kind}), whose machines share no memory: keep it on a local disk",
                path.display()
            ),
        )),
        _ => Ok(()),
    }
}

fn file_system<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let path = path.to_string_lossy().replace(' ', r"\040");
    let mounts = mounts.lines().filter_map(|line| {
        let (mount, kind) = line.split_once(" - ")?;
        Some((mount.split(' ').nth(4)?, kind.split(' ').next()?))
    });
    // Of several at one place the last is seen, which is the one that is taken here.
    let above = mounts.filter(|(mount, _)| Path::new(&path).starts_with(mount));
    above.max_by_key(|(mount, _)| mount.len()).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:45 / /srv rw,relatime shared:9 - nfs4 files:/srv rw,vers=4.2
41 40 0:46 / /srv/local\\040disk rw - xfs /dev/vdb rw
42 22 0:47 / /mnt rw master:3 - ext4 /dev/vdc rw
43 42 0:48 / /mnt rw - cifs //files/share rw";

    #[test]
    fn the_nearest_mount_above_a_file_is_its_file_system() {
        let kind = |path| file_system(MOUNTS, Path::new(path));
        assert_eq!(kind("/var/lib/sessions.db"), Some("ext4"));
        assert_eq!(kind("/srv/shop/sessions.db"), Some("nfs4"));
        assert_eq!(kind("/srvs/sessions.db"), Some("ext4"));
        assert_eq!(kind("/srv/local disk/sessions.db"), Some("xfs"));
        assert_eq!(kind("/mnt/sessions.db"), Some("cifs"), "the later of two at one place");
        assert_eq!(file_system("", Path::new("/sessions.db")), None);
    }

    #[test]
    fn the_file_systems_of_this_machine_are_told_apart() {
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let expected = (!mounts.is_empty()).then_some("proc");
        assert_eq!(file_system(&mounts, Path::new("/proc/version")), expected);
        assert!(check(Path::new("/proc/version")).is_ok());
    }
}
