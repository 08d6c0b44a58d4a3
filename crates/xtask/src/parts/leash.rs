//! Ends processes and removes their folder when this program ends, however it ends.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

/// Reads which processes are held until its input ends, which it does even if the writer is killed; then ends them by
/// their ids, each with its group, and removes the folder. On TERM alone PostgreSQL waits for its clients; INT alone
/// is ignored by whatever was started in the background of a shell; 100 rounds are the ten seconds they get to close.
const REAPER: &str = r#"
held=
while read -r verb pid; do
  kept=
  for one in $held; do [ "$one" = "$pid" ] || kept="$kept $one"; done
  held=$kept
  [ "$verb" = hold ] && held="$held $pid"
done
for pid in $held; do
  kill -s TERM -- "-$pid" 2>/dev/null
  kill -s INT -- "-$pid" 2>/dev/null
done
for pid in $held; do
  round=0
  while kill -s 0 -- "-$pid" 2>/dev/null && [ $round -lt 100 ]; do sleep 0.1; round=$((round + 1)); done
  kill -s KILL -- "-$pid" 2>/dev/null
done
rm -rf -- "$1"
"#;

/// Holds processes and a folder of theirs; drop ends and removes them.
pub(super) struct Leash {
    folder: PathBuf,
    services: Vec<Child>,
    reaper: Child,
    orders: Option<ChildStdin>,
}

impl Leash {
    /// Makes the folder, short enough for a socket's path and open to other users, and starts what will clean it up.
    pub(super) fn new() -> Result<Self> {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .context("the clock stands before 1970")?;
        let name = format!(
            "offhook-test-{}-{}",
            std::process::id(),
            since_1970.subsec_nanos()
        );
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let mut command = Command::new("sh");
        let reaper = own_group(&mut command)
            .args(["-c", REAPER, "reaper"])
            .arg(&folder)
            .stdin(Stdio::piped());
        let mut reaper = reaper.spawn().context("sh cannot be started")?;
        let orders = reaper.stdin.take();
        Ok(Self {
            folder,
            services: Vec::new(),
            reaper,
            orders,
        })
    }

    /// The folder for what the services write.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps a service until the drop. It must lead a process group of its own.
    pub(super) fn keep(&mut self, service: Child) -> Result<&mut Child> {
        self.hold(service.id())?;
        self.services.push(service);
        Ok(self.services.last_mut().expect("one was pushed just above"))
    }

    /// Ends the process, with its group, when this program ends.
    pub(super) fn hold(&self, pid: u32) -> Result<()> {
        self.order("hold", pid)
    }

    /// Forgets a process that ended.
    pub(super) fn release(&self, pid: u32) -> Result<()> {
        self.order("release", pid)
    }

    fn order(&self, verb: &str, pid: u32) -> Result<()> {
        let mut orders = self.orders.as_ref().expect("orders end in drop only");
        writeln!(orders, "{verb} {pid}").context("the reaper is gone")
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.orders.take());
        // A child that was not waited for still counts as alive for the reaper. Nothing is left to do about an error.
        for service in &mut self.services {
            service.wait().ok();
        }
        self.reaper.wait().ok();
    }
}

/// Puts a command into a process group of its own: ctrl-c does not reach it, only the reaper does.
pub(super) fn own_group(command: &mut Command) -> &mut Command {
    command.process_group(0)
}
