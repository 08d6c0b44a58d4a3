//! A second host on this machine: a network namespace, joined to this one by a pair of interfaces.

use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};

use anyhow::{Context, Result, ensure};

/// A host of its own, gone when dropped. Making one takes root.
pub struct Host {
    name: String,
    /// This side's address.
    pub near: Ipv4Addr,
    /// The host's address.
    pub far: Ipv4Addr,
}

impl Host {
    /// Makes one of at most 64 hosts of this process, each on a network of its own.
    ///
    /// # Errors
    /// When `ip` is missing or may not do it, or there are too many.
    pub fn make() -> Result<Self> {
        static MADE_COUNT: AtomicU8 = AtomicU8::new(0);
        let process = std::process::id();
        let [.., network] = process.to_be_bytes();
        let number = MADE_COUNT.fetch_add(1, Ordering::Relaxed);
        ensure!(number < 64, "a process has at most 64 hosts");
        let host = Self {
            name: format!("offhook-{process}-{number}"),
            near: Ipv4Addr::new(10, 77, network, 4 * number + 1),
            far: Ipv4Addr::new(10, 77, network, 4 * number + 2),
        };
        let (near_end, far_end) = (format!("ohn{process}-{number}"), format!("ohf{process}-{number}"));
        let name = host.name.as_str();
        ip(&["netns", "add", name])?;
        ip(&[
            "link", "add", &near_end, "type", "veth", "peer", "name", &far_end, "netns", name,
        ])?;
        ip(&["address", "add", &format!("{}/30", host.near), "dev", &near_end])?;
        ip(&["link", "set", &near_end, "up"])?;
        let far = format!("{}/30", host.far);
        ip(&["-n", name, "address", "add", &far, "dev", &far_end])?;
        ip(&["-n", name, "link", "set", &far_end, "up"])?;
        ip(&["-n", name, "link", "set", "lo", "up"])?;
        Ok(host)
    }

    /// The start of a command that runs on the host.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> tokio::process::Command {
        let mut command = tokio::process::Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // The pair of interfaces goes with the namespace that holds one of them.
        drop(ip(&["netns", "delete", &self.name]));
    }
}

fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new("ip")
        .args(arguments)
        .output()
        .context("ip cannot be started: install iproute2")?;
    ensure!(
        output.status.success(),
        "ip {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
