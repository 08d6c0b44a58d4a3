//! Calls made by SIPp.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::{Context, Result, ensure};
use tests::network::Host;
use tests::offhook::free_address;
use tokio::process::{Child, Command};

/// A SIPp that is called, once.
pub(crate) struct Called {
    /// Where it takes SIP over UDP.
    pub(crate) address: SocketAddr,
    heard: Messages,
    sipp: Sipp,
}

/// The file into which a SIPp writes all messages, deleted when dropped.
struct Messages(PathBuf);

/// What a SIPp that was called has seen.
pub(crate) struct Heard {
    /// Where it took SIP.
    pub(crate) address: SocketAddr,
    /// All messages, in both directions.
    pub(crate) messages: String,
}

impl Called {
    /// Starts a carrier that plays a scenario of `tests/sipp` to the first call.
    pub(crate) fn start(scenario: &str) -> Result<Self> {
        Self::start_on(None, scenario)
    }

    /// The same on another host.
    pub(crate) fn start_at(host: &Host, scenario: &str) -> Result<Self> {
        Self::start_on(Some(host), scenario)
    }

    fn start_on(host: Option<&Host>, scenario: &str) -> Result<Self> {
        let address = SocketAddr::new(ip_of(host), free_address()?.port());
        let heard = format!("offhook-sipp-{}-{}.log", std::process::id(), address.port());
        let heard = Messages(std::env::temp_dir().join(heard));
        let sipp = Sipp::start(host, scenario, |command| {
            command
                .args([
                    "-t",
                    "u1",
                    "-p",
                    &address.port().to_string(),
                    "-rtp_echo",
                    "-trace_msg",
                ])
                .arg("-message_file")
                .arg(&heard.0);
        })?;
        Ok(Self { address, heard, sipp })
    }

    /// All messages so far.
    pub(crate) fn messages(&self) -> String {
        fs::read_to_string(&self.heard.0).unwrap_or_default()
    }

    /// Waits for the end of the call, which has to go as the scenario says.
    pub(crate) async fn succeeds(self) -> Result<Heard> {
        let succeeded = self.sipp.succeeds().await;
        let messages = fs::read_to_string(&self.heard.0).unwrap_or_default();
        succeeded.with_context(|| format!("it heard and said:\n{messages}"))?;
        Ok(Heard {
            address: self.address,
            messages,
        })
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        // One that heard nothing has written nothing.
        drop(fs::remove_file(&self.0));
    }
}

/// A SIPp that plays a scenario of `tests/sipp` once.
pub(crate) struct Sipp {
    process: Child,
    scenario: String,
}

impl Sipp {
    /// Starts a call to a number. `transport` is `u1` for UDP, `t1` for TCP.
    pub(crate) fn call(scenario: &str, number: &str, to: SocketAddr, transport: &str) -> Result<Self> {
        Self::start(None, scenario, |command| {
            command.args(["-s", number, "-t", transport]);
            // It sends back what it hears, except where it plays: that would be two sources at once.
            command.args((scenario != "dtmf").then_some("-rtp_echo"));
            command.arg(to.to_string());
        })
    }

    /// Starts a call over UDP from another host, with further options.
    pub(crate) fn call_from(host: &Host, scenario: &str, to: SocketAddr, options: &[&str]) -> Result<Self> {
        Self::start(Some(host), scenario, |command| {
            command
                .args(["-t", "u1", "-rtp_echo"])
                .args(options)
                .arg(to.to_string());
        })
    }

    fn start(host: Option<&Host>, scenario: &str, options: impl FnOnce(&mut Command)) -> Result<Self> {
        let program = std::env::var_os("SIPP").context("SIPP names no program: use `cargo xtask test`")?;
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("sipp/{scenario}.xml"));
        // It takes the second port after it too, for video: nobody else is given one of these.
        let [media, _, _] = [free_address()?, free_address()?, free_address()?];
        let ip = ip_of(host).to_string();
        let mut command = match host {
            Some(host) => host.command(program),
            None => Command::new(program),
        };
        command
            .arg("-sf")
            .arg(file)
            .args(["-i", &ip, "-mi", &ip, "-mp", &media.port().to_string()])
            .args([
                "-m",
                "1",
                "-timeout",
                "40",
                "-timeout_error",
                "-nostdin",
                "-trace_err",
            ])
            .args(["-error_file", "/dev/stderr"]);
        options(&mut command);
        let process = command
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

/// A host's own address, or the loopback.
fn ip_of(host: Option<&Host>) -> IpAddr {
    host.map_or(Ipv4Addr::LOCALHOST, |host| host.far).into()
}
