//! Files that contain secrets: read only if nobody but their owner can read them.
//!
//! A file that belongs to root may also be readable by its group, as PostgreSQL allows for its
//! keys. That is how Kubernetes and systemd hand secrets to a program that is not root: root owns
//! the file, and the program reads it as a member of the group, or by an access list.

use std::fs::{File, Metadata};
use std::io::{Error, ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Everything of the group and of others.
const OTHERS_ACCESS: u32 = 0o077;

/// The same, without that the group may read.
const MORE_THAN_THE_GROUP_READS: u32 = 0o037;

const ROOT: u32 = 0;

/// The file's bytes, if nobody but its owner has access, or only root's group can read it besides;
/// otherwise what is wrong with it and the fix. The caller adds the file's name.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: Error| format!("can't be read: {error}");
    let mut file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            "can't be read: there is no such file; create it, or correct its path".to_owned()
        }
        _ => unreadable(error),
    })?;
    let metadata = file.metadata().map_err(unreadable)?;
    must_be_secret(Access::of(&metadata))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

#[derive(Clone, Copy)]
struct Access {
    mode: u32,
    owner: u32,
}

impl Access {
    fn of(metadata: &Metadata) -> Access {
        Access {
            mode: metadata.mode() & 0o777,
            owner: metadata.uid(),
        }
    }
}

fn must_be_secret(Access { mode, owner }: Access) -> Result<(), String> {
    let forbidden = if owner == ROOT {
        MORE_THAN_THE_GROUP_READS
    } else {
        OTHERS_ACCESS
    };
    if mode & forbidden == 0 {
        return Ok(());
    }
    Err(format!(
        "others than its owner have access (mode {mode:03o}): chmod 600, or 640 if root owns it"
    ))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_that_others_may_read_is_refused_with_the_fix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "s").unwrap();
        for mode in [0o644, 0o604, 0o660] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert!(read(&path).unwrap_err().contains("chmod 600"), "{mode:o}");
        }
        for mode in [0o600, 0o400] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(read(&path).unwrap(), b"s");
        }
        let absent = read(&folder.path().join("none"));
        assert!(absent.unwrap_err().starts_with("can't be read"));
    }

    #[test]
    fn only_roots_files_may_be_readable_by_their_group() {
        let is_secret = |mode, owner| must_be_secret(Access { mode, owner }).is_ok();
        let ours = 65532;
        // A secret volume with fsGroup, a systemd credential, and what an administrator may set.
        for mode in [0o440, 0o640, 0o400, 0o600] {
            assert!(is_secret(mode, ROOT), "{mode:o}");
        }
        for mode in [0o400, 0o600] {
            assert!(is_secret(mode, ours), "{mode:o}");
        }
        for mode in [0o440, 0o640] {
            assert!(!is_secret(mode, ours), "{mode:o}");
        }
        for mode in [0o444, 0o644, 0o660, 0o650, 0o641, 0o604] {
            assert!(!is_secret(mode, ROOT), "{mode:o}");
            assert!(!is_secret(mode, ours), "{mode:o}");
        }
    }
}
