//! A PostgreSQL cluster of our own, made for one test run and thrown away.

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::leash::{Leash, own_group};
use super::{free_port, wait_until_ready};

/// Durability is tested by ending Offhook, never the database, so the cluster may skip syncing to disk.
const SETTINGS: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
];

/// Makes and starts a cluster; returns the URL of its empty default database, as superuser.
pub(super) fn start(leash: &mut Leash) -> Result<String> {
    let programs = programs()?;
    let user = user()?;
    let port = free_port()?;
    let folder = leash.folder().join(format!("postgres-{port}"));
    fs::create_dir(&folder)?;
    if let Some((uid, gid)) = user {
        chown(&folder, Some(uid), Some(gid))?;
    }
    let data = folder.join("data");
    init(&programs, user, &folder, &data)?;

    let log_path = folder.join("log");
    let log = File::create(&log_path)?;
    let mut postgres = as_user(&programs.join("postgres"), user, &folder);
    own_group(&mut postgres)
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(&folder);
    postgres.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
    for setting in SETTINGS {
        postgres.args(["-c", setting]);
    }
    postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let service = leash.keep(postgres.spawn().context("postgres cannot be started")?)?;

    let mut is_ready = Command::new(programs.join("pg_isready"));
    is_ready.args([
        "--quiet",
        "--host",
        "127.0.0.1",
        "--username",
        "postgres",
        "--port",
        &port.to_string(),
    ]);
    wait_until_ready(service, &log_path, || {
        is_ready.status().is_ok_and(|status| status.success())
    })?;
    Ok(format!("postgres://postgres@127.0.0.1:{port}/postgres"))
}

fn init(programs: &Path, user: Option<(u32, u32)>, folder: &Path, data: &Path) -> Result<()> {
    let mut initdb = as_user(&programs.join("initdb"), user, folder);
    initdb.arg("-D").arg(data).args([
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]);
    let output = initdb.output().context("initdb cannot be started")?;
    if !output.status.success() {
        bail!("initdb: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// The folder of PostgreSQL's own programs, which Debian keeps out of `PATH`; the newest version first.
fn programs() -> Result<PathBuf> {
    let asked = Command::new("pg_config").arg("--bindir").output();
    let asked = asked
        .ok()
        .map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let path = env::var_os("PATH").unwrap_or_default();
    asked
        .into_iter()
        .chain(debian_folders())
        .chain(env::split_paths(&path))
        .find(|folder| {
            ["initdb", "postgres", "pg_isready"]
                .iter()
                .all(|name| folder.join(name).is_file())
        })
        .context("PostgreSQL's server programs (initdb, postgres) are not installed")
}

fn debian_folders() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/usr/lib/postgresql") else {
        return Vec::new();
    };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, folder)| folder).collect()
}

/// PostgreSQL refuses to run as root: the user it runs as instead, `None` for whoever runs this program.
fn user() -> Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    Ok(Some((id("-u")?, id("-g")?)))
}

fn id(which: &str) -> Result<u32> {
    let output = Command::new("id")
        .args([which, "postgres"])
        .output()
        .context("id cannot be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .context("there is no user postgres, and PostgreSQL does not run as root")
}

fn as_user(program: &Path, user: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.current_dir(folder);
    command
}

/// Whether the server programs are there.
pub(super) fn is_installed() -> bool {
    programs().is_ok()
}
