//! Calls made by SIPp.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Output, Stdio};

use anyhow::{Context, Result, ensure};
use tests::offhook::free_address;
use tokio::process::{Child, Command};

/// A SIPp that plays a scenario of `tests/sipp` once.
pub(crate) struct Sipp {
    process: Child,
    scenario: String,
}

impl Sipp {
    /// Starts a call to a number. `transport` is `u1` for UDP, `t1` for TCP.
    pub(crate) fn call(scenario: &str, number: &str, to: SocketAddr, transport: &str) -> Result<Self> {
        let program = std::env::var_os("SIPP").context("SIPP names no program: use `cargo xtask test`")?;
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("sipp/{scenario}.xml"));
        let media = free_address()?;
        let process = Command::new(program)
            .arg("-sf")
            .arg(file)
            .args(["-s", number, "-t", transport, "-i", "127.0.0.1"])
            .args(["-mi", "127.0.0.1", "-mp", &media.port().to_string()])
            // It sends back what it hears, except where it plays: that would be two sources at once.
            .args((scenario != "dtmf").then_some("-rtp_echo"))
            .args([
                "-m",
                "1",
                "-timeout",
                "40",
                "-timeout_error",
                "-nostdin",
                "-trace_err",
            ])
            .args(["-error_file", "/dev/stderr"])
            .arg(to.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .env("TERM", "dumb")
            .kill_on_drop(true)
            .spawn()
            .context("SIPp cannot be started")?;
        let scenario = scenario.to_owned();
        Ok(Self { process, scenario })
    }

    /// Waits for the end of the call, which has to go as the scenario says.
    pub(crate) async fn succeeds(self) -> Result<()> {
        let scenario = self.scenario;
        let Output { status, stderr, .. } = self.process.wait_with_output().await?;
        let stderr = String::from_utf8_lossy(&stderr);
        ensure!(
            status.success(),
            "the scenario {scenario} failed ({status}):\n{stderr}"
        );
        Ok(())
    }
}
