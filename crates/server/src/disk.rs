//! The room that is left for the embedded database, watched so that a full disk is noticed before it hurts.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::tenants::Tenants;

/// With less than this, new calls are turned away: what calls in progress still write, their ends and their usage,
/// fits many times over.
pub(crate) const RESERVED_BYTES: u64 = 256 << 20;

/// New calls are taken again with this much, so that it does not go to and fro.
const ENOUGH_BYTES: u64 = RESERVED_BYTES + (64 << 20);

const WATCHED_EVERY: Duration = Duration::from_secs(5);

/// How many bytes may still be written to the folder.
pub(crate) fn free_bytes(dir: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(dir)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Has new calls turned away while there is too little room in the data folder.
pub(crate) async fn watch(data_dir: PathBuf, tenants: Tenants) {
    let mut every = tokio::time::interval(WATCHED_EVERY);
    let mut is_short = false;
    loop {
        every.tick().await;
        let Ok(free) = free_bytes(&data_dir) else { continue };
        let was_short = is_short;
        is_short = free < if was_short { ENOUGH_BYTES } else { RESERVED_BYTES };
        if is_short == was_short {
            continue;
        }
        tenants.take_calls(!is_short);
        let free_mib = free >> 20;
        if is_short {
            tracing::error!(
                free_mib,
                "new calls are turned away: the disk of the data folder is almost full"
            );
        } else {
            tracing::info!(
                free_mib,
                "new calls are taken again: the disk of the data folder has room"
            );
        }
    }
}
