//! The description of the API and what is generated from it.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{steps, tree, web};

/// Writes `openapi.json` from the code, then the console's types from `openapi.json`.
pub(crate) fn write() -> Result<()> {
    let mut offhook = Command::new(tree::cargo());
    let output = offhook.args([
        "run",
        "--quiet",
        "--package",
        "server",
        "--bin",
        "offhook",
        "--",
        "openapi",
    ]);
    let output = output
        .stderr(Stdio::inherit())
        .output()
        .context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("`offhook openapi` failed: see above.");
    }
    if output.stdout.is_empty() {
        bail!("`offhook openapi` printed nothing.");
    }
    fs::write("openapi.json", output.stdout).context("openapi.json cannot be written")?;
    println!("wrote openapi.json");
    if web::is_present() {
        web::require_node()?;
        web::install_packages()?;
        steps::quiet("write the console's types", &mut web::npm_run("api"))?;
    }
    Ok(())
}
