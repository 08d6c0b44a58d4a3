//! `cargo xtask test`: every check and every test, against real parts, and one line of counts.

use std::ffi::OsStr;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::counts::Counts;
use crate::parts::{Parts, packages};
use crate::{steps, tree, web};

const EVERYTHING: &[&str] = &["--workspace", "--features", "tests/real-parts"];

/// Runs everything; with arguments only `cargo test ARGUMENTS`, the real parts supplied.
///
/// # Errors
/// When the tests cannot be run at all. Tests that fail are counted and end in a failing exit code.
pub(crate) fn test(arguments: &[String]) -> Result<ExitCode> {
    packages::install(&[packages::FOR_BUILDING, packages::FOR_TESTING])?;
    println!("· start PostgreSQL and Redis …");
    let parts = Parts::start()?;
    let mut total = Counts::default();
    if arguments.is_empty() {
        total += check_web(&parts)?;
        total += check_rust();
        total += build_server();
        total += test_rust(&parts, EVERYTHING)?;
        total += test_browser(&parts)?;
    } else {
        total += build_server();
        total += test_rust(&parts, arguments)?;
    }
    drop(parts);
    println!("{total}");
    Ok(if total.is_good() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Build, type check, lint and unit tests of the console.
fn check_web(parts: &Parts) -> Result<Counts> {
    if !web::is_present() {
        return Ok(Counts::default());
    }
    web::require_node()?;
    web::install_packages()?;
    let mut counts = check(web::build());
    for (what, script) in [
        ("check the console's types", "typecheck"),
        ("lint the console", "lint"),
    ] {
        counts += check(steps::quiet(what, &mut web::npm_run(script)));
    }
    counts += counted(
        parts,
        "test the console",
        &mut web::npm_run("test"),
        Counts::in_web_line,
    );
    println!("web: {counts}");
    Ok(counts)
}

fn check_rust() -> Counts {
    let mut format = Command::new(tree::cargo());
    format.args(["fmt", "--all", "--check", "--", "--color", "never"]);
    let mut counts = check(steps::quiet("check the format", &mut format));
    let mut clippy = Command::new(tree::cargo());
    clippy
        .arg("clippy")
        .args(EVERYTHING)
        .args(["--all-targets", "--", "--deny", "warnings"]);
    counts += check(steps::quiet("lint", &mut clippy));
    counts
}

/// The `offhook` that the tests start.
fn build_server() -> Counts {
    let mut build = Command::new(tree::cargo());
    build.args(["build", "--package", "server"]);
    check(steps::quiet("build Offhook for its tests", &mut build))
}

fn test_rust(parts: &Parts, arguments: &[impl AsRef<OsStr>]) -> Result<Counts> {
    let mut cargo = Command::new(tree::cargo());
    cargo.args(["test", "--no-fail-fast"]).args(arguments);
    cargo.env("OFFHOOK", tree::target()?.join("debug/offhook"));
    Ok(counted(parts, "test", &mut cargo, Counts::in_cargo_line))
}

/// The console's tests in a real browser, against the `offhook` that `OFFHOOK` names.
fn test_browser(parts: &Parts) -> Result<Counts> {
    if !web::is_present() {
        return Ok(Counts::default());
    }
    let mut npm = web::npm_run("e2e");
    npm.env("OFFHOOK", tree::target()?.join("debug/offhook"));
    let counts = counted(parts, "test in the browser", &mut npm, Counts::in_web_line);
    println!("web: {counts}");
    Ok(counts)
}

fn check(outcome: Result<()>) -> Counts {
    if let Err(error) = &outcome {
        println!("  {error:#}");
    }
    Counts::of_check(outcome.is_ok())
}

/// Runs a test runner and sums what it prints. One that fails without naming a failed test (it does not compile, it
/// crashes) counts as one failure.
fn counted(parts: &Parts, what: &str, command: &mut Command, count: fn(&str) -> Option<Counts>) -> Counts {
    let mut counts = Counts::default();
    let outcome = parts.run(what, command, |line| counts += count(line).unwrap_or_default());
    if let Err(error) = outcome {
        println!("  {error:#}");
        counts.failed = counts.failed.max(1);
    }
    counts
}
