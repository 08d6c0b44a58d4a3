//! Debian packages: which are missing, and how they come onto the machine.

use std::collections::BTreeSet;
use std::fs;
use std::io::IsTerminal;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use super::postgres;
use crate::{steps, tree};

/// A Debian package and the program by which it is known to be there, whoever installed it.
pub(crate) struct Package {
    name: &'static str,
    program: &'static str,
}

/// What the build needs beside Rust: the crates that carry C (SQLite, ring, Opus) compile it themselves.
pub(crate) const FOR_BUILDING: &[Package] = &[
    Package {
        name: "build-essential",
        program: "cc",
    },
    Package {
        name: "build-essential",
        program: "make",
    },
    Package {
        name: "cmake",
        program: "cmake",
    },
    Package {
        name: "pkg-config",
        program: "pkg-config",
    },
];

/// What the tests need to meet the real world.
pub(crate) const FOR_TESTING: &[Package] = &[
    Package {
        name: "baresip",
        program: "baresip",
    },
    Package {
        name: "chromium",
        program: "chromium",
    },
    Package {
        name: "iproute2",
        program: "ip",
    },
    Package {
        name: "postgresql",
        program: "initdb",
    },
    Package {
        name: "redis-server",
        program: "redis-server",
    },
    Package {
        name: "sip-tester",
        program: "sipp",
    },
];

const APT_INSTALL: &str = "apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300";
const APT_UPDATE: &str = "apt-get update -o DPkg::Lock::Timeout=300";

/// Installs what is missing; does nothing, and needs no network, when nothing is.
///
/// # Errors
/// When packages are missing and cannot be installed: the error says what to type.
pub(crate) fn install(groups: &[&[Package]]) -> Result<()> {
    let wanted = groups.iter().copied().flatten();
    let missing: BTreeSet<&str> = wanted
        .filter(|package| !package.is_installed())
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.into_iter().collect::<Vec<_>>().join(" ");
    let by_hand = format!("    apt-get update && apt-get install --yes --no-install-recommends {names}\n");
    if tree::program("apt-get").is_none() {
        bail!(
            "Missing here: {names} (names of Debian packages). Install them your system's way, then run this again."
        );
    }
    let Some(root) = Root::find() else {
        bail!("Missing here: {names}. Type this as root, then run the command again:\n\n{by_hand}");
    };
    if let Err(error) = root.install(&names).or_else(|_| root.install(&names)) {
        bail!(
            "{error:#}\n\n{names} could not be installed. Mend what apt-get says above, or type as root:\n\n{by_hand}"
        );
    }
    Ok(())
}

impl Package {
    fn is_installed(&self) -> bool {
        match self.program {
            "initdb" => postgres::is_installed(),
            program => tree::program(program).is_some(),
        }
    }
}

/// The way to root's rights.
enum Root {
    IsUs,
    BySudo,
}

impl Root {
    fn find() -> Option<Self> {
        if fs::metadata("/proc/self").is_ok_and(|us| us.uid() == 0) {
            return Some(Self::IsUs);
        }
        tree::program("sudo")?;
        let mut without_password = Command::new("sudo");
        without_password
            .args(["-n", "true"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let free = without_password.status().is_ok_and(|status| status.success());
        (free || std::io::stdin().is_terminal()).then_some(Self::BySudo)
    }

    fn install(&self, names: &str) -> Result<()> {
        // One source of many that does not answer fails the update, not the installation.
        if steps::quiet("read the package lists", &mut self.command(APT_UPDATE)).is_err() {
            println!("  going on with the lists as they are");
        }
        steps::quiet(
            &format!("install {names}"),
            &mut self.command(&format!("{APT_INSTALL} {names}")),
        )
    }

    fn command(&self, line: &str) -> Command {
        let mut command = match self {
            Self::IsUs => Command::new("env"),
            Self::BySudo => Command::new("sudo"),
        };
        if matches!(self, Self::BySudo) {
            command.arg("env");
        }
        command
            .arg("DEBIAN_FRONTEND=noninteractive")
            .args(line.split(' '));
        command
    }
}
