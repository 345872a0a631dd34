//! Files that contain secrets: read only if nobody but their owner can read them.

use std::fs::File;
use std::io::{Error, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const OTHERS_ACCESS: u32 = 0o077;

/// The file's bytes, if nobody but its owner has access; otherwise what is wrong with it and the
/// fix. The caller adds the file's name.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: Error| format!("can't be read: {error}");
    let mut file = File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.permissions().mode();
    if mode & OTHERS_ACCESS != 0 {
        let mode = mode & 0o777;
        return Err(format!(
            "others than its owner have access (mode {mode:03o}): chmod 600"
        ));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    #[test]
    fn a_file_that_others_may_read_is_refused_with_the_fix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "s").unwrap();
        for mode in [0o644, 0o640, 0o604, 0o660] {
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
}
