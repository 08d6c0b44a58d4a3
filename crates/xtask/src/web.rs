//! The console's build: Node, its packages, the bundle that the crate `console` embeds.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::steps;

const FOLDER: &str = "web";
/// What the bundler and the client types ask for.
const NODE_AT_LEAST: (u32, u32) = (20, 19);
/// Folders that are written by tools, not by us.
const GENERATED: &[&str] = &[
    "node_modules",
    "dist",
    "test-results",
    "playwright-report",
    "coverage",
];
/// Compresses once, at the highest level, what the server would otherwise compress on every request.
const COMPRESS: &str = r"
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
const files = readdirSync('dist', { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
if (!files.some((f) => f.name.endsWith('.br')))
  for (const f of files.filter((f) => /\.(js|css|html|svg|json|txt|webmanifest)$/.test(f.name))) {
    const path = join(f.parentPath ?? f.path, f.name);
    writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)));
  }
";

/// Whether the tree has a console to build.
pub(crate) fn is_present() -> bool {
    Path::new(FOLDER).join("package.json").is_file()
}

/// Checks that Node and npm are there and new enough.
///
/// # Errors
/// Otherwise, saying what to install.
pub(crate) fn require_node() -> Result<()> {
    let (major, minor) = NODE_AT_LEAST;
    let advice = format!(
        "Install Node {major}.{minor} or later with npm: from https://nodejs.org/en/download, or, where Debian's own is \
         new enough (Debian 13 or later), with `apt-get install nodejs npm`."
    );
    let Some(version) = version_of("node") else {
        bail!("Node is not installed. {advice}")
    };
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map_while(|number| number.parse::<u32>().ok());
    if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < NODE_AT_LEAST {
        bail!("Node {version} is too old. {advice}");
    }
    if version_of("npm").is_none() {
        bail!("npm is not installed. {advice}");
    }
    Ok(())
}

/// Brings `node_modules` to what the lock file says, if it is not there already.
pub(crate) fn install_packages() -> Result<()> {
    let folder = Path::new(FOLDER);
    let stamp = folder.join("node_modules/.offhook-stamp");
    let wanted = hash(&[folder.join("package-lock.json")])?;
    if is_stamped(&stamp, &wanted) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.current_dir(FOLDER)
        .args(["ci", "--no-audit", "--no-fund", "--prefer-offline"]);
    steps::quiet("install the console's packages", &mut npm)?;
    fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))
}

/// Builds the console into `web/dist`, unless that was built from the same sources.
pub(crate) fn build() -> Result<()> {
    let folder = Path::new(FOLDER);
    let stamp = folder.join("dist/.stamp");
    let mut sources = Vec::new();
    list_sources(folder, &mut sources)?;
    sources.sort();
    let wanted = hash(&sources)?;
    if is_stamped(&stamp, &wanted) {
        println!("· the console is built already");
        return Ok(());
    }
    install_packages()?;
    steps::quiet("build the console", &mut npm_run("build"))?;
    let mut node = Command::new("node");
    node.current_dir(FOLDER)
        .args(["--input-type=module", "--eval", COMPRESS]);
    steps::quiet("compress the console", &mut node)?;
    fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))
}

/// `npm run SCRIPT` in the web's folder, without colours so that its output can be read.
pub(crate) fn npm_run(script: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(FOLDER)
        .env("NO_COLOR", "1")
        .args(["run", "--silent", script]);
    npm
}

fn version_of(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn is_stamped(stamp: &Path, wanted: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|found| found == wanted)
}

fn list_sources(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !GENERATED.contains(&&*name) && !name.starts_with('.') {
                list_sources(&entry.path(), into)?;
            }
        } else if !name.contains(".gen.") {
            into.push(entry.path());
        }
    }
    Ok(())
}

/// A hash over names and contents. A file that was removed meanwhile counts as not there.
fn hash(files: &[PathBuf]) -> Result<String> {
    let mut hasher = Sha256::new();
    for path in files {
        let contents = match fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            other => other.with_context(|| format!("{} cannot be read", path.display()))?,
        };
        hasher.update(path.as_os_str().as_encoded_bytes());
        hasher.update(contents.len().to_le_bytes());
        hasher.update(contents);
    }
    Ok(hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
