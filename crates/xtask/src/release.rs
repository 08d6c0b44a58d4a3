//! Offhook as it is shipped.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::{steps, tree, web};

/// Builds console and server in release and says where the binary is.
///
/// # Errors
/// When one of them does not build.
pub(crate) fn build() -> Result<PathBuf> {
    if web::is_present() {
        build_console()?;
    }
    let mut build = Command::new(tree::cargo());
    build.args(["build", "--release", "--package", "server"]);
    steps::quiet("build Offhook (release; minutes the first time)", &mut build)?;
    path()
}

/// Where the binary is, once it is built.
///
/// # Errors
/// When cargo does not say where it builds.
pub(crate) fn path() -> Result<PathBuf> {
    Ok(tree::target()?.join("release/offhook"))
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
