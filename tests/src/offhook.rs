//! A running Offhook.

use std::ffi::OsString;
use std::fs;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep_until, timeout};

/// Longer than everything that an orderly end waits for.
const END_MAX: Duration = Duration::from_secs(30);
/// Longer than anything that is logged by itself takes, on a busy machine.
const LOGGED_MAX: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Where free addresses are looked for.
const PORTS: Range<u16> = 11_000..19_000;
/// A cold start makes a key, a database and a certificate.
const START_MAX: Duration = Duration::from_secs(60);

/// An `offhook serve` on ports and data of its own. It is killed when dropped.
pub struct Offhook {
    /// Where the console and the API are.
    pub url: String,
    /// Where it takes SIP.
    pub sip: SocketAddr,
    folder: PathBuf,
    options: Vec<String>,
    process: Child,
}

impl Offhook {
    /// Starts the binary that the environment variable `OFFHOOK` names, in a folder of this name.
    ///
    /// # Errors
    /// When it is not built or does not say its address in time.
    pub async fn start(name: &str, options: &[&str]) -> Result<Self> {
        Self::start_at(name, free_address()?, options).await
    }

    /// The same, with SIP at an address.
    ///
    /// # Errors
    /// As [`Offhook::start`].
    pub async fn start_at(name: &str, sip: SocketAddr, options: &[&str]) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("offhook-{name}-{}", process::id()));
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        let (process, url) = launch(&folder, sip, &options).await?;
        Ok(Self {
            url,
            sip,
            folder,
            options,
            process,
        })
    }

    /// Ends the process as `kill -9` does, and starts it anew on the same data.
    ///
    /// # Errors
    /// When it does not come up again.
    pub async fn kill_and_restart(&mut self) -> Result<()> {
        self.process.kill().await?;
        self.restart().await
    }

    /// Asks the process to end, as a service manager does, and waits for its orderly end.
    ///
    /// # Errors
    /// When it ends in another way, or not in time.
    pub async fn end(&mut self) -> Result<()> {
        let pid = self.pid().context("offhook runs")?;
        let asked = Command::new("kill")
            .args(["-TERM", &pid.to_string()])
            .status()
            .await?;
        ensure!(asked.success(), "the process cannot be asked to end");
        let ended = timeout(END_MAX, self.process.wait()).await;
        let status = ended.context("offhook does not end when it is asked to")??;
        ensure!(status.success(), "offhook ended with {status}");
        Ok(())
    }

    /// Starts it anew on the same data, after it ended.
    ///
    /// # Errors
    /// When it does not come up again.
    pub async fn restart(&mut self) -> Result<()> {
        let (process, url) = launch(&self.folder, self.sip, &self.options).await?;
        self.process = process;
        self.url = url;
        Ok(())
    }

    /// Runs another of its commands on the same data and gives back what it says.
    ///
    /// # Errors
    /// When the command fails.
    pub async fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(binary()?)
            .args(arguments)
            .current_dir(&self.folder)
            .output()
            .await?;
        let told = String::from_utf8_lossy(&output.stderr);
        let found = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success(),
            "offhook {}: {told}{found}",
            arguments.join(" ")
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Waits until its log has a line with all these words.
    ///
    /// # Errors
    /// When it is not there in time.
    pub async fn until_logged(&self, words: &[&str]) -> Result<()> {
        let has_all = |line: &str| words.iter().all(|word| line.contains(word));
        let end = Instant::now() + LOGGED_MAX;
        loop {
            let log = fs::read_to_string(self.folder.join("log"))?;
            if log.lines().any(has_all) {
                return Ok(());
            }
            ensure!(
                Instant::now() < end,
                "waited in vain for {words:?} in the log:\n{log}"
            );
            sleep_until(Instant::now() + LOOK_EVERY).await;
        }
    }

    /// Where its data is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The process.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }
}

impl Drop for Offhook {
    fn drop(&mut self) {
        // Killing is all that can fail here, and then it has ended already.
        drop(self.process.start_kill());
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// An address of the loopback that nobody uses at the moment, by UDP nor by TCP. It lies below the ports that systems
/// give to outgoing connections, so that none of those takes it meanwhile, and is not given twice.
///
/// # Errors
/// When there is none.
pub fn free_address() -> Result<SocketAddr> {
    static GIVEN_COUNT: AtomicU32 = AtomicU32::new(0);
    for _ in PORTS {
        let step = process::id().wrapping_mul(97) + GIVEN_COUNT.fetch_add(1, Ordering::Relaxed);
        let offset = step % u32::from(PORTS.end - PORTS.start);
        let address = SocketAddr::from(([127, 0, 0, 1], PORTS.start + u16::try_from(offset)?));
        if UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("the loopback has no free port in {PORTS:?}")
}

fn binary() -> Result<OsString> {
    std::env::var_os("OFFHOOK")
        .context("OFFHOOK names no binary: run the tests by `cargo xtask test`, or build it and set OFFHOOK")
}

async fn launch(folder: &Path, sip: SocketAddr, options: &[String]) -> Result<(Child, String)> {
    let log = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"))?;
    let sip = sip.to_string();
    let mut process = Command::new(binary()?)
        .args([
            "serve",
            "--http",
            "127.0.0.1:0",
            "--webrtc-port",
            "0",
            "--sip",
            &sip,
        ])
        .args(options)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .context("offhook cannot be started")?;
    let output = process.stdout.take().context("the output is piped")?;
    let mut lines = BufReader::new(output).lines();
    let told = timeout(START_MAX, async {
        while let Some(line) = lines.next_line().await? {
            if let Some(at) = line.find("http://") {
                return Ok::<_, std::io::Error>(Some(line[at..].trim().to_owned()));
            }
        }
        Ok(None)
    });
    let Some(url) = told.await.context("offhook does not say its address")?? else {
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        bail!("offhook ended at once:\n{log}");
    };
    // Whoever writes to a pipe that nobody reads stops one day.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((process, url))
}
