//! Simulates a tenant's hours from a seed and tells how they went: `simulate [--seed N] [--hours N]`.
#![expect(clippy::print_stdout, reason = "it speaks to the terminal it was started in")]

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let (mut seed, mut hours) = (1, 24);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let number = arguments
            .next()
            .with_context(|| format!("{name} wants a number"))?;
        match name.as_str() {
            "--hours" => hours = number.parse().context("--hours wants a whole number")?,
            "--seed" => seed = number.parse().context("--seed wants a whole number")?,
            _ => bail!("unknown option {name}: there are --seed N and --hours N"),
        }
    }
    println!("seed {seed}, {hours} hours");
    let outcome = sim::random::run(seed, hours)?;
    println!("events: {} events", outcome.events_count);
    println!("contacts: {} contacts", outcome.completed_count);
    println!("answered: {} contacts", outcome.answered_count);
    println!("crashes: {} crashes", outcome.crashes_count);
    if !outcome.faults.is_empty() {
        bail!("{}", outcome.faults.join("\n"));
    }
    Ok(())
}
