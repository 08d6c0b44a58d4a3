//! `cargo xtask run`: from a fresh machine to a running Offhook.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::parts::packages;
use crate::{steps, tree, web};

/// Builds console and server, then becomes the server. Returns only on failure.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    packages::install(&[packages::FOR_BUILDING])?;
    if web::is_present() {
        build_console()?;
    }
    let mut build = Command::new(tree::cargo());
    build.args(["build", "--release", "--package", "server"]);
    steps::quiet("build Offhook (release; minutes the first time)", &mut build)?;
    let offhook = tree::target()?.join("release/offhook");
    let error = Command::new(&offhook).arg("serve").args(arguments).exec();
    Err(error).with_context(|| format!("{} cannot be started", offhook.display()))
}

/// Without Node, Offhook still runs: it shows a page that says how to build the console.
fn build_console() -> Result<()> {
    if let Err(missing) = web::require_node() {
        println!(
            "· the console is not built: {missing}\n  Offhook starts without it and says so on its page."
        );
        return Ok(());
    }
    web::build()
}
