//! The real parts of the tests: what is installed, and the services that live as long as a test run.

pub(crate) mod packages;

mod leash;
mod postgres;
mod redis;

use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use self::leash::{Leash, own_group};
use crate::{steps, tree};

const START_TIMEOUT: Duration = Duration::from_secs(60);
const START_TRIES: u32 = 3;

/// A PostgreSQL and a Redis of our own and the programs the tests call; everything started ends with this value.
pub(crate) struct Parts {
    environment: Vec<(&'static str, OsString)>,
    leash: Leash,
}

impl Parts {
    /// Starts the services on free ports of the loopback.
    ///
    /// # Errors
    /// When a service or a program is missing or does not come up.
    pub(crate) fn start() -> Result<Self> {
        let mut leash = Leash::new()?;
        let database = retried("PostgreSQL", || postgres::start(&mut leash))?;
        let redis = retried("Redis", || redis::start(&mut leash))?;
        let mut environment = vec![
            ("TEST_DATABASE_URL", database.into()),
            ("TEST_REDIS_URL", redis.into()),
        ];
        for (variable, name) in [("CHROMIUM", "chromium"), ("SIPP", "sipp"), ("BARESIP", "baresip")] {
            let program = tree::program(name).with_context(|| format!("{name} is not installed"))?;
            environment.push((variable, program.into()));
        }
        Ok(Self { environment, leash })
    }

    /// Runs a command to its end with the parts supplied, and hands each line it prints to `each_line`. Should this
    /// program end first, the command ends with it.
    ///
    /// # Errors
    /// When the command cannot be started or ends with another code than 0.
    pub(crate) fn run(&self, what: &str, command: &mut Command, each_line: impl FnMut(&str)) -> Result<()> {
        let command = own_group(command).envs(self.environment.iter().map(|(name, value)| (name, value)));
        let mut held = None;
        let hold = |pid| {
            held = Some(pid);
            self.leash.hold(pid)
        };
        let outcome = steps::streamed(what, command, hold, each_line);
        if let Some(pid) = held {
            self.leash.release(pid)?;
        }
        outcome
    }
}

/// A free port is only free until somebody else takes it, so a start is tried again.
fn retried<T>(what: &str, mut start: impl FnMut() -> Result<T>) -> Result<T> {
    let mut last = None;
    for _ in 0..START_TRIES {
        match start() {
            Ok(started) => return Ok(started),
            Err(error) => last = Some(error),
        }
    }
    Err(last.expect("there is at least one try")).with_context(|| format!("{what} does not start"))
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("the loopback has no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Waits until a service answers; tells its log when it ended instead.
fn wait_until_ready(service: &mut Child, log: &Path, mut answers: impl FnMut() -> bool) -> Result<()> {
    let started = Instant::now();
    while !answers() {
        if let Some(status) = service.try_wait()? {
            bail!(
                "it ended at once ({status}):\n{}",
                fs::read_to_string(log).unwrap_or_default()
            );
        }
        if started.elapsed() > START_TIMEOUT {
            bail!(
                "no answer for {} s:\n{}",
                START_TIMEOUT.as_secs(),
                fs::read_to_string(log).unwrap_or_default()
            );
        }
        sleep(Duration::from_millis(50));
    }
    Ok(())
}
