//! The binary `offhook`: configuration, sockets, and the tasks that join the crates.
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may panic"))]

mod backend;
mod carrier;
#[cfg(test)]
mod carrier_trunk;
mod clock;
mod data_dir;
mod disk;
mod doctor;
mod http;
mod lab;
mod listening;
mod mail;
mod master_key;
mod memory;
mod operator;
mod outbox;
mod reset_link;
mod serve;
mod sparingly;
mod tcp;
mod telephony;
mod tenants;
mod tls;
mod trace;
mod trunk;

use std::fs::{self, Permissions};
use std::io::IsTerminal;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use crate::listening::Listening;

/// Gives memory back after a flood, which that of the C library does not, and is faster.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "offhook", version, about = "An open, self-service contact center")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Copies the database into a new file while Offhook may go on running.
    Backup {
        #[command(flatten)]
        data: Data,
        /// The file to write; it must not exist.
        file: PathBuf,
    },
    /// Looks at everything a call needs, and says what to do where something is missing.
    Doctor {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        addresses: serve::Addresses,
    },
    /// Prints the API's OpenAPI document.
    Openapi,
    /// Gives the operator's account a new password and prints it. Nothing in the browser asks for it: the command line is
    /// the operator's way.
    OperatorPassword {
        #[command(flatten)]
        data: Data,
    },
    /// Prints a link by which a user sets a new password, once and within an hour: the way back in where no mail goes.
    ResetLink {
        #[command(flatten)]
        data: Data,
        /// The address of Offhook in the browser; by default the one that the last start said.
        #[arg(long, env = "OFFHOOK_BASE_URL")]
        base_url: Option<String>,
        /// The e-mail address that the user signs in with.
        email: String,
    },
    /// Runs Offhook.
    Serve {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        addresses: serve::Addresses,
    },
    /// Tells one contact's story, event by event, from the log.
    Trace {
        #[command(flatten)]
        data: Data,
        /// The contact's id, for example from its page in the console.
        contact: model::ContactId,
    },
    /// Adds, lists and removes trunks: carriers' SIP sides, and their phone numbers.
    Trunk {
        #[command(flatten)]
        data: Data,
        #[command(subcommand)]
        command: trunk::Command,
    },
}

#[derive(Clone, clap::Args)]
struct Data {
    /// The folder for the database and the key of this installation.
    #[arg(long, env = "OFFHOOK_DATA", default_value = "offhook-data", global = true)]
    data_dir: PathBuf,
    /// A PostgreSQL database to use instead of the embedded one.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
}

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&causes(&error));
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().on_thread_park(memory::tidy_up);
    runtime.build()?.block_on(run())
}

async fn run() -> Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match Arguments::parse().command {
        Command::Backup { data, file } => {
            let store = serve::open_existing_store(&data).await?;
            store.backup_to(&file).await?;
            fs::set_permissions(&file, Permissions::from_mode(0o600))?;
            say(&format!(
                "The backup is in {}. Keep a copy of {} beside it: without that key nobody can read it.",
                file.display(),
                master_key::path(&data.data_dir).display()
            ));
            Ok(())
        }
        Command::Doctor { data, addresses } => doctor::examine(&data, &addresses).await,
        Command::Openapi => {
            say(&serde_json::to_string_pretty(&api::openapi())?);
            Ok(())
        }
        Command::OperatorPassword { data } => {
            let store = serve::open_existing_store(&data).await?;
            say(&operator::reset_password(&store, &data.data_dir).await?);
            Ok(())
        }
        Command::ResetLink {
            data,
            base_url,
            email,
        } => {
            let store = serve::open_existing_store(&data).await?;
            let base_url = base_url.or_else(|| Listening::read(&data.data_dir)?.base_url);
            let base_url = base_url.context("start Offhook once, or say its address with --base-url")?;
            say(&reset_link::make(&store, &email, &base_url, clock::Clock::default().now()).await?);
            Ok(())
        }
        Command::Serve { data, addresses } => serve::serve(&data, addresses).await,
        Command::Trace { data, contact } => {
            let store = serve::open_existing_store(&data).await?;
            say(trace::trace(&store, contact).await?.trim_end());
            Ok(())
        }
        Command::Trunk { data, command } => {
            let store = serve::open_existing_store(&data).await?;
            trunk::run(command, &store, clock::Clock::default().now()).await
        }
    }
}

#[expect(
    clippy::print_stdout,
    reason = "what a command was asked for goes to standard output"
)]
fn say(text: &str) {
    println!("{text}");
}

/// An error and its causes in one line, none of them twice.
fn causes(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |said, cause| {
        let cause = cause.to_string();
        if said.is_empty() {
            cause
        } else if said.contains(&cause) {
            said
        } else {
            format!("{said}: {cause}")
        }
    })
}

#[expect(clippy::print_stderr, reason = "why a command failed goes to standard error")]
fn complain(text: &str) {
    eprintln!("Error: {text}");
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn the_data_folder_is_said_before_or_after_the_last_command() {
        for line in [
            "offhook trunk --data-dir here list",
            "offhook trunk list --data-dir here",
        ] {
            let parsed = Arguments::try_parse_from(line.split(' ')).unwrap();
            let Command::Trunk { data, .. } = parsed.command else {
                panic!("{line} is about trunks");
            };
            assert_eq!(data.data_dir, PathBuf::from("here"), "{line}");
        }
    }

    #[test]
    fn an_error_says_each_cause_once() {
        let error = anyhow!("the disk is full")
            .context("the disk is full")
            .context("no backup was made");
        assert_eq!(causes(&error), "no backup was made: the disk is full");
    }
}
