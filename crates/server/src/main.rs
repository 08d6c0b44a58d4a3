//! The binary `offhook`: configuration, sockets, and the tasks that join the crates.
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may panic"))]

mod backend;
mod carrier;
mod clock;
mod data_dir;
mod disk;
mod doctor;
mod http;
mod lab;
mod mail;
mod master_key;
mod memory;
mod operator;
mod outbox;
mod serve;
mod telephony;
mod tenants;
mod tls;
mod trace;
mod trunk;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

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
    /// Gives the operator, who runs this installation, a new password and prints it.
    OperatorPassword {
        #[command(flatten)]
        data: Data,
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
    #[arg(long, env = "OFFHOOK_DATA", default_value = "offhook-data")]
    data_dir: PathBuf,
    /// A PostgreSQL database to use instead of the embedded one.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

fn main() -> Result<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().on_thread_park(memory::tidy_up);
    runtime.build()?.block_on(run())
}

async fn run() -> Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    match Arguments::parse().command {
        Command::Backup { data, file } => {
            let store = serve::open_existing_store(&data).await?;
            store.backup_to(&file).await?;
            fs::set_permissions(&file, Permissions::from_mode(0o600))?;
            say(&format!("The backup is in {}.", file.display()));
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
