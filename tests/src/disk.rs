//! A small disk: a file system in memory, so that it can be full without harm to anybody else.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};

const MIB: usize = 1 << 20;
/// What a file system gives out at once.
const BLOCK_BYTES: usize = 4 << 10;

/// A disk of its own, gone when dropped. Making one takes root.
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Makes a disk of so many MiB.
    ///
    /// # Errors
    /// When `mount` may not do it.
    pub fn make(size_mib: usize) -> Result<Self> {
        static MADE_COUNT: AtomicU32 = AtomicU32::new(0);
        let number = MADE_COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("offhook-disk-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder)?;
        let disk = Self { folder };
        let size = format!("size={size_mib}m,mode=700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "offhook-test"]);
        let output = mount.arg(&disk.folder).output();
        let output = output.context("mount cannot be started: install util-linux")?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "mount: {told}");
        Ok(disk)
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes so many MiB of it away.
    ///
    /// # Errors
    /// When there are not so many.
    pub fn fill(&self, mib: usize) -> Result<()> {
        let mut ballast = File::create(self.ballast())?;
        for _ in 0..mib {
            ballast.write_all(&[0; MIB])?;
        }
        Ok(())
    }

    /// Takes all of it away, to the last block.
    ///
    /// # Errors
    /// When it cannot be written to for another reason than that it is full.
    pub fn fill_up(&self) -> Result<()> {
        let mut ballast = File::create(self.ballast())?;
        for bytes in [MIB, BLOCK_BYTES] {
            let chunk = vec![0; bytes];
            loop {
                match ballast.write_all(&chunk) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    /// Gives back what was taken away.
    ///
    /// # Errors
    /// When nothing was.
    pub fn make_room(&self) -> Result<()> {
        Ok(fs::remove_file(self.ballast())?)
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whoever still uses it keeps it until he ends; the folder is free at once.
        drop(Command::new("umount").arg("--lazy").arg(&self.folder).output());
        drop(fs::remove_dir(&self.folder));
    }
}
