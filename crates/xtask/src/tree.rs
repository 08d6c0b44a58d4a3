//! Where things are: the project, cargo, the build's folder, programs.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("this crate stands two folders below the root")
}

/// The cargo that started this program.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The folder cargo builds into, wherever it was told to put it: this very program lies in `debug` below it.
pub(crate) fn target() -> Result<PathBuf> {
    let this = env::current_exe().context("this program cannot find itself")?;
    let target = this
        .ancestors()
        .nth(2)
        .context("this program does not lie in a build folder")?;
    Ok(target.to_owned())
}

/// A program by name, looked for in `PATH` and in the folders that `PATH` lacks for ordinary users.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}
