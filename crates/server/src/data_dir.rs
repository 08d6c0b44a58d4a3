//! The data folder: who uses it, and under which name.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};

const LOCK_FILE: &str = "offhook.lock";
const NODE_FILE: &str = "node.id";

/// A process that was killed lets go of the folder only when its memory is cleared away, and whoever starts it anew may
/// be quicker.
const LOCK_TRIES: u32 = 40;
const LOCK_TRIED_EVERY: Duration = Duration::from_millis(50);

/// The data folder, held for one process until dropped; also a crash lets go of it.
pub(crate) struct DataDirLock {
    _file: File,
}

/// Makes the folder if need be, for nobody else's eyes: the database holds what callers and agents said.
pub(crate) fn ensure(data_dir: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .with_context(|| format!("cannot make the data folder {}", data_dir.display()))
}

/// Takes the folder for this process, so that a second Offhook on it does not start.
pub(crate) fn lock(data_dir: &Path) -> Result<DataDirLock> {
    let path = data_dir.join(LOCK_FILE);
    let file = OpenOptions::new().create(true).append(true).open(&path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(DataDirLock { _file: file }),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_TRIED_EVERY),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
    }
    bail!(
        "another Offhook runs on the data folder {}: end it first, or choose another folder with --data-dir",
        data_dir.display()
    )
}

/// Whether an Offhook runs on the folder.
pub(crate) fn is_locked(data_dir: &Path) -> bool {
    let file = File::open(data_dir.join(LOCK_FILE));
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// What this node is called towards others, the same after each restart.
pub(crate) fn node_name(data_dir: &Path) -> Result<String> {
    let path = data_dir.join(NODE_FILE);
    if !path.exists() {
        let name = format!("node-{:016x}\n", rand::random::<u64>());
        fs::write(&path, name).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let name = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = name.trim();
    if name.is_empty() {
        bail!("{} is empty: remove it, and a new name is made", path.display());
    }
    Ok(name.to_owned())
}
