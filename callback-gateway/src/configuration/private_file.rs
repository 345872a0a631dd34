//! Files that hold what only we may know.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const OTHERS_ACCESS: u32 = 0o077;

/// The file's bytes, if nobody but its owner has access; otherwise the fault and its mend.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("can't be read: {error}");
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
