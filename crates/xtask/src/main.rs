//! Development commands, run as `cargo xtask COMMAND`. They spawn programs and link nothing of ours.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks to the terminal it was typed in"
)]

mod counts;
mod measure;
mod openapi;
mod parts;
mod release;
mod run;
mod steps;
mod test;
mod tree;
mod web;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  run [ARGS]    build console and server in release, then start Offhook (ARGS go to `offhook serve`)
  test [ARGS]   install the real parts, check and test everything; with ARGS only `cargo test ARGS`, parts supplied
  sim [ARGS]    simulate a tenant's hours with random callers, agents and crashes (--seed N --seeds N --hours N)
  e2e STORY     a story in a real browser against the release build: first-call
  bench NAME    figures of the release build: media, signalling
  tidy          the tests of architecture and tidiness alone
  openapi       write openapi.json and the console's client types from the code
  help          this text
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();
    std::env::set_current_dir(tree::root()).context("the project's folder cannot be entered")?;
    match command.as_deref() {
        Some("run") => run::run(&rest).map(|()| ExitCode::SUCCESS),
        Some("test") => test::test(&rest),
        Some("bench") => measure::bench(&rest).map(|()| ExitCode::SUCCESS),
        Some("e2e") => measure::e2e(&rest).map(|()| ExitCode::SUCCESS),
        Some("sim") => simulate(&rest).map(|()| ExitCode::SUCCESS),
        Some("tidy") => tidy().map(|()| ExitCode::SUCCESS),
        Some("openapi") => openapi::write().map(|()| ExitCode::SUCCESS),
        Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Some(unknown) => bail!("There is no command `{unknown}`.\n\n{HELP}"),
        None => bail!("{HELP}"),
    }
}

/// Not in release: a debug assertion that does not hold is a fault, too.
fn simulate(arguments: &[String]) -> Result<()> {
    let status = Command::new(tree::cargo())
        .args(["run", "--quiet", "--package", "tests", "--bin", "simulate", "--"])
        .args(arguments)
        .status()
        .context("cargo cannot be started")?;
    if !status.success() {
        bail!("The simulation found a fault: see above. The same seed finds it again.");
    }
    Ok(())
}

fn tidy() -> Result<()> {
    let arguments = [
        "test",
        "--quiet",
        "--package",
        "tests",
        "--test",
        "architecture",
        "--test",
        "tidy",
    ];
    let status = Command::new(tree::cargo())
        .args(arguments)
        .status()
        .context("cargo cannot be started")?;
    if !status.success() {
        bail!("The tree is not tidy: see above.");
    }
    Ok(())
}
