//! Calls through flow, queue and agent, and what they cost: `bench_signalling [CALLS]`.
//!
//! SIPp calls as a carrier, agents on lines of their own take every contact and end it once connected. Figures are of
//! the process `offhook` alone: everything from the INVITE to the filed contact, audio, storage and the agents'
//! requests included.
#![expect(clippy::print_stdout, reason = "it speaks to the terminal it was started in")]

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use tests::offhook::{Offhook, free_address};
use tests::tenant::Tenant;
use tokio::process::Command;

/// Each with an agent.
const TENANTS: usize = 100;
/// Offered; what the machine cannot take waits in the queues.
const CALLS_PER_S: usize = 240;

#[tokio::main]
async fn main() -> Result<()> {
    let calls_count: usize = match std::env::args().nth(1) {
        Some(count) => count.parse().context("CALLS is a whole number")?,
        None => 4000,
    };
    let per_tenant = calls_count.div_ceil(TENANTS);
    let calls_count = per_tenant * TENANTS;
    let offhook = Offhook::start("bench", &[]).await?;
    let mut tenants = Vec::new();
    let mut lines = Vec::new();
    let mut numbers = "SEQUENTIAL\n".to_owned();
    for index in 0..TENANTS {
        let mut tenant = Tenant::sign_up(&offhook.url, &format!("Bench{index}")).await?;
        lines.push(tenant.go_available(440.0).await?);
        numbers += &format!("{}\n", tenant.number().await?);
        tenants.push(tenant);
    }
    let file = offhook.folder().join("numbers.csv");
    fs::write(&file, numbers)?;

    let pid = offhook.pid().context("offhook runs")?;
    let before = CpuTime::of(pid)?;
    let started_at = Instant::now();
    let agents: Vec<_> = tenants
        .into_iter()
        .zip(lines)
        .map(|(mut tenant, line)| {
            // The socket it works with keeps it reachable, as one page does.
            tenant.stop_heartbeats();
            tokio::spawn(async move { tenant.work(&line, per_tenant).await })
        })
        .collect();
    call(&offhook, &file, calls_count).await?;
    for agent in agents {
        agent.await??;
    }
    let elapsed_s = started_at.elapsed().as_secs_f64();
    let after = CpuTime::of(pid)?;
    println!("calls: {calls_count} calls");
    println!("calls_per_s: {:.1} calls/s", calls_count as f64 / elapsed_s);
    let per_1000 = |s: f64| s * 1000.0 / calls_count as f64;
    for (name, s) in [
        ("cpu_s_per_1000_calls", after.whole_s - before.whole_s),
        ("of_which_audio", after.audio_s - before.audio_s),
        ("of_which_database", after.database_s - before.database_s),
    ] {
        println!("{name}: {:.2} s", per_1000(s));
    }
    Ok(())
}

async fn call(offhook: &Offhook, numbers: &Path, calls_count: usize) -> Result<()> {
    let program = std::env::var_os("SIPP").unwrap_or_else(|| "sipp".into());
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("sipp/bench.xml");
    let media = free_address()?;
    let status = Command::new(program)
        .arg("-sf")
        .arg(scenario)
        .arg("-inf")
        .arg(numbers)
        .args(["-i", "127.0.0.1", "-mi", "127.0.0.1", "-nostdin"])
        .args(["-mp", &media.port().to_string()])
        .args(["-m", &calls_count.to_string(), "-r", &CALLS_PER_S.to_string()])
        .args(["-l", "2000", "-timeout", "300"])
        .arg(offhook.sip.to_string())
        .env("TERM", "dumb")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .await
        .context("SIPp cannot be started: install sip-tester")?;
    ensure!(status.success(), "SIPp ended with {status}: calls failed");
    Ok(())
}

/// User and system time of the process so far, in seconds.
struct CpuTime {
    whole_s: f64,
    /// Of the threads that carry audio: every caller hears the greeting.
    audio_s: f64,
    /// Of the threads of SQLite.
    database_s: f64,
}

impl CpuTime {
    fn of(pid: u32) -> Result<Self> {
        let (mut audio_s, mut database_s) = (0.0, 0.0);
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            let folder = thread?.path();
            let name = fs::read_to_string(folder.join("comm"))?;
            let s = cpu_s(&folder.join("stat"))?;
            if name.starts_with("relay") {
                audio_s += s;
            } else if name.starts_with("sqlx-sqlite") {
                database_s += s;
            }
        }
        Ok(Self {
            whole_s: cpu_s(Path::new(&format!("/proc/{pid}/stat")))?,
            audio_s,
            database_s,
        })
    }
}

/// User and system time so far, in seconds (proc(5), fields 14 and 15 of stat).
fn cpu_s(stat: &Path) -> Result<f64> {
    let stat = fs::read_to_string(stat)?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let ticks: Result<Vec<u64>, _> = ticks.map(str::parse).collect();
    // Linux counts in hundredths of a second towards programs, whatever its own clock.
    Ok(ticks?.iter().sum::<u64>() as f64 / 100.0)
}
