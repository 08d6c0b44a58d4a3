//! Long steps, shown: a line at the start, a sign of life, the end of the output on failure, the time taken.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::tree;

const SIGN_OF_LIFE: Duration = Duration::from_secs(20);
const TAIL_LINES: usize = 60;

/// Runs a command with its output kept in a log; shows the end of the log if the command fails.
///
/// # Errors
/// When the command cannot be started or ends with another code than 0.
pub(crate) fn quiet(what: &str, command: &mut Command) -> Result<()> {
    let log = log_path(what)?;
    let output = File::create(&log).with_context(|| format!("{} cannot be written", log.display()))?;
    println!("· {what} …");
    let started = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn();
    let status = wait(child.with_context(|| cannot_start(command))?, &log, started)?;
    finish(what, started, status).inspect_err(|_| {
        for line in tail(&log, TAIL_LINES) {
            println!("  | {line}");
        }
        println!("  whole output: {}", log.display());
    })
}

/// Runs a command whose lines on standard output are shown as they come and handed to `each_line`.
/// `started` is told the id of the process once it runs.
///
/// # Errors
/// When the command cannot be started or ends with another code than 0.
pub(crate) fn streamed(
    what: &str,
    command: &mut Command,
    started: impl FnOnce(u32) -> Result<()>,
    mut each_line: impl FnMut(&str),
) -> Result<()> {
    println!("· {what} …");
    let since = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = child.with_context(|| cannot_start(command))?;
    started(child.id())?;
    let output = child
        .stdout
        .take()
        .expect("standard output was asked for just above");
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("the output cannot be read")?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        each_line(&line);
    }
    finish(what, since, child.wait()?)
}

fn finish(what: &str, started: Instant, status: ExitStatus) -> Result<()> {
    let took_s = started.elapsed().as_secs_f32();
    if status.success() {
        println!("  done in {took_s:.1} s");
        return Ok(());
    }
    println!("  FAILED after {took_s:.1} s");
    bail!("{what}: {status}");
}

fn wait(mut child: Child, log: &Path, started: Instant) -> Result<ExitStatus> {
    let mut next_sign = SIGN_OF_LIFE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if started.elapsed() >= next_sign {
            let last = tail(log, 1).pop().unwrap_or_default();
            println!("  {} s  {}", next_sign.as_secs(), last.trim());
            next_sign += SIGN_OF_LIFE;
        }
        sleep(Duration::from_millis(50));
    }
}

/// The last lines of a file that is still being written; empty if it cannot be read.
fn tail(log: &Path, lines: usize) -> Vec<String> {
    const BYTES: u64 = 64 * 1024;
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let text = String::from_utf8_lossy(&read().unwrap_or_default()).into_owned();
    let all: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    all[all.len().saturating_sub(lines)..]
        .iter()
        .map(|&line| line.to_owned())
        .collect()
}

fn log_path(what: &str) -> Result<PathBuf> {
    let folder = tree::target()?.join("xtask");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let name: String = what
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    Ok(folder.join(name).with_extension("log"))
}

fn cannot_start(command: &Command) -> String {
    format!("{} cannot be started", command.get_program().to_string_lossy())
}
