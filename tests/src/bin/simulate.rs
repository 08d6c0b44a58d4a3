//! Simulates a tenant's hours from a seed, or from several, and tells how they went:
//! `simulate [--seed N] [--seeds N] [--hours N]`.
#![expect(clippy::print_stdout, reason = "it speaks to the terminal it was started in")]

use anyhow::{Context, Result, bail};
use tests::logged_errors;

fn main() -> Result<()> {
    let (mut seed, mut seeds, mut hours) = (1, 1, 24);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let number = arguments
            .next()
            .with_context(|| format!("{name} wants a number"))?;
        match name.as_str() {
            "--hours" => hours = number.parse().context("--hours wants a whole number")?,
            "--seed" => seed = number.parse().context("--seed wants a whole number")?,
            "--seeds" => seeds = number.parse().context("--seeds wants a whole number")?,
            _ => bail!("unknown option {name}: there are --seed N, --seeds N and --hours N"),
        }
    }
    (seed..seed + seeds).try_for_each(|seed| simulate(seed, hours))
}

fn simulate(seed: u64, hours: u32) -> Result<()> {
    println!("seed {seed}, {hours} hours");
    let (outcome, logged) = logged_errors::collect(|| sim::random::run(seed, hours));
    let outcome = outcome?;
    println!("events: {} events", outcome.events_count);
    println!("contacts: {} contacts", outcome.completed_count);
    println!("answered: {} contacts", outcome.answered_count);
    println!("outbound: {} contacts", outcome.outbound_count);
    println!("crashes: {} crashes", outcome.crashes_count);
    let faults: Vec<String> = outcome.faults.into_iter().chain(logged).collect();
    if !faults.is_empty() {
        println!("{}", outcome.trail.join("\n"));
        bail!("{}", faults.join("\n"));
    }
    Ok(())
}
