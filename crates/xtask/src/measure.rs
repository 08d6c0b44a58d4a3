//! `cargo xtask bench` and `cargo xtask e2e`: figures of the release build, each as a line `name: number unit`.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::parts::packages;
use crate::{release, tree, web};

/// Runs a benchmark: `media` or `signalling`, with its own arguments.
///
/// # Errors
/// When there is none of the name, or it fails.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        bail!("Which one? cargo xtask bench media | signalling");
    };
    let mut bench = Command::new(tree::cargo());
    match name.as_str() {
        "media" => bench.args(["bench", "--quiet", "--package", "relay", "--bench", "calls"]),
        "signalling" => {
            packages::install(&[packages::FOR_BUILDING, packages::FOR_TESTING])?;
            bench.args(["run", "--quiet", "--release", "--package", "tests"]);
            bench
                .args(["--bin", "bench_signalling"])
                .env("OFFHOOK", release::build()?)
        }
        unknown => bail!("There is no benchmark `{unknown}`: cargo xtask bench media | signalling"),
    };
    succeed(bench.arg("--").args(rest))
}

/// Runs a story in a real browser against the release build: `first-call`.
///
/// # Errors
/// When there is none of the name, or it fails.
pub(crate) fn e2e(arguments: &[String]) -> Result<()> {
    let [name] = arguments else {
        bail!("Which one? cargo xtask e2e first-call");
    };
    if name != "first-call" {
        bail!("There is no story `{name}`: cargo xtask e2e first-call");
    }
    packages::install(&[packages::FOR_BUILDING, packages::FOR_TESTING])?;
    web::require_node()?;
    web::install_packages()?;
    let offhook = release::build()?;
    let mut npm = web::npm_run("first-call");
    npm.env("OFFHOOK", offhook);
    for (variable, program) in [("CHROMIUM", "chromium"), ("SIPP", "sipp")] {
        let path = tree::program(program).with_context(|| format!("{program} is not installed"))?;
        npm.env(variable, path);
    }
    succeed(&mut npm)
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} cannot be started", command.get_program().display()))?;
    if !status.success() {
        bail!("It failed: see above.");
    }
    Ok(())
}
