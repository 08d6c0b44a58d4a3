//! The installation's key, in a file that only its owner reads.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rand::Rng;
use store::MasterKey;

const FILE_NAME: &str = "master.key";

/// Where the key is, once the first start has made it.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE_NAME)
}

/// Reads the key from the data folder, or makes one at the first start.
pub(crate) fn load_or_create(data_dir: &Path) -> Result<MasterKey> {
    let path = path(data_dir);
    if !path.exists() {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot create the key file {}", path.display()))?;
        file.write_all(&bytes)?;
        file.sync_all()?;
    }
    let bytes = fs::read(&path).with_context(|| format!("cannot read the key file {}", path.display()))?;
    let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| {
        anyhow::anyhow!(
            "the key file {} is damaged: restore it from your backup",
            path.display()
        )
    })?;
    Ok(MasterKey::new(bytes))
}
