//! `cargo xtask run`: from a fresh machine to a running Offhook.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::parts::packages;
use crate::release;

/// Builds console and server, then becomes the server. Returns only on failure. Who asks for help waits for no build if
/// there is a binary, however old.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let asks_for_help = arguments
        .iter()
        .any(|argument| argument == "--help" || argument == "-h");
    let built = release::path()?;
    if asks_for_help && built.exists() {
        return become_server(&built, arguments);
    }
    if asks_for_help {
        println!("· Offhook itself lists its settings, and is not built yet: this comes first");
    }
    packages::install(&[packages::FOR_BUILDING])?;
    let offhook = release::build()?;
    become_server(&offhook, arguments)
}

fn become_server(offhook: &Path, arguments: &[String]) -> Result<()> {
    let error = Command::new(offhook).arg("serve").args(arguments).exec();
    Err(error).with_context(|| format!("{} cannot be started", offhook.display()))
}
