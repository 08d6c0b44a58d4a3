//! `cargo xtask run`: from a fresh machine to a running Offhook.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::parts::packages;
use crate::release;

/// Builds console and server, then becomes the server. Returns only on failure.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    packages::install(&[packages::FOR_BUILDING])?;
    let offhook = release::build()?;
    let error = Command::new(&offhook).arg("serve").args(arguments).exec();
    Err(error).with_context(|| format!("{} cannot be started", offhook.display()))
}
