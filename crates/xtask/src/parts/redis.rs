//! A Redis of our own, in memory, for one test run.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::leash::{Leash, own_group};
use super::{free_port, wait_until_ready};

/// Starts a server; returns its URL.
pub(super) fn start(leash: &mut Leash) -> Result<String> {
    let port = free_port()?;
    let folder = leash.folder().join(format!("redis-{port}"));
    fs::create_dir(&folder)?;
    let log_path = folder.join("log");
    let log = File::create(&log_path)?;
    let mut redis = Command::new("redis-server");
    own_group(&mut redis).args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
    redis
        .args(["--save", "", "--appendonly", "no", "--daemonize", "no"])
        .arg("--dir")
        .arg(&folder);
    redis.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let service = leash.keep(redis.spawn().context("redis-server cannot be started")?)?;
    wait_until_ready(service, &log_path, || answers_ping(port).unwrap_or(false))?;
    Ok(format!("redis://127.0.0.1:{port}"))
}

fn answers_ping(port: u16) -> std::io::Result<bool> {
    let mut connection = TcpStream::connect(("127.0.0.1", port))?;
    connection.write_all(b"PING\r\n")?;
    let mut answer = [0; 5];
    connection.read_exact(&mut answer)?;
    Ok(&answer == b"+PONG")
}
