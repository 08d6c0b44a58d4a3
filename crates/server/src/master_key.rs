//! The installation's key, in a file that only its owner reads.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rand::Rng;
use store::MasterKey;

const FILE_NAME: &str = "master.key";

/// Where the key is, once the first start has made it.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE_NAME)
}

/// Reads the key from the data folder, or makes one at the first start; says whether it is new. A `database` that is
/// there already was made under another key, and a new one would not open it.
pub(crate) fn load_or_create(data_dir: &Path, database: Option<&Path>) -> Result<(MasterKey, bool)> {
    let path = path(data_dir);
    let is_new = !path.exists();
    if is_new {
        if let Some(database) = database.filter(|database| database.exists()) {
            bail!(
                "the key file {} is missing, and without it the database {} cannot be read: put back the one that you \
                 kept beside your backup",
                path.display(),
                database.display()
            );
        }
        create(&path)?;
    }
    let bytes = fs::read(&path).with_context(|| format!("cannot read the key file {}", path.display()))?;
    let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| {
        anyhow::anyhow!(
            "the key file {} is damaged: restore it from your backup",
            path.display()
        )
    })?;
    Ok((MasterKey::new(bytes), is_new))
}

/// Takes back a key that was made for a database of another key.
pub(crate) fn remove(data_dir: &Path) -> Result<()> {
    let path = path(data_dir);
    fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
}

fn create(path: &Path) -> Result<()> {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot create the key file {}", path.display()))?;
    file.write_all(&bytes)?;
    Ok(file.sync_all()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_without_its_key_gets_no_new_one() {
        let dir = std::env::temp_dir().join(format!("offhook_master_key_test_{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let database = dir.join("offhook.db");
        fs::write(&database, "restored").unwrap();
        let Err(refused) = load_or_create(&dir, Some(&database)) else {
            panic!("a key was made");
        };
        assert!(
            refused.to_string().contains("kept beside your backup"),
            "{refused}"
        );
        assert!(!path(&dir).exists());

        fs::remove_file(&database).unwrap();
        assert!(load_or_create(&dir, Some(&database)).unwrap().1);
        fs::write(&database, "of that key").unwrap();
        assert!(!load_or_create(&dir, Some(&database)).unwrap().1);
        fs::remove_dir_all(&dir).unwrap();
    }
}
