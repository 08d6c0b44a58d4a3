//! The binary `offhook`: configuration, sockets, and the tasks that join the crates.

mod backend;
mod clock;
mod lab;
mod mail;
mod master_key;
mod serve;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

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
    /// Prints the API's OpenAPI document.
    Openapi,
    /// Runs Offhook.
    Serve {
        #[command(flatten)]
        data: Data,
        /// Where browsers reach the console and programs the API.
        #[arg(long, env = "OFFHOOK_HTTP", default_value = "127.0.0.1:8080")]
        http: std::net::SocketAddr,
        /// The address that browsers use, when a proxy stands before Offhook.
        #[arg(long, env = "OFFHOOK_BASE_URL")]
        base_url: Option<String>,
    },
}

#[derive(clap::Args)]
struct Data {
    /// The folder for the database and the key of this installation.
    #[arg(long, env = "OFFHOOK_DATA", default_value = "offhook-data")]
    data_dir: PathBuf,
    /// A PostgreSQL database to use instead of the embedded one.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    match Arguments::parse().command {
        Command::Backup { data, file } => {
            let store = serve::open_store(&data).await?;
            store.backup_to(&file).await?;
            say(&format!("The backup is in {}.", file.display()));
            Ok(())
        }
        Command::Openapi => {
            say(&serde_json::to_string_pretty(&api::openapi())?);
            Ok(())
        }
        Command::Serve { data, http, base_url } => serve::serve(&data, http, base_url).await,
    }
}

#[expect(
    clippy::print_stdout,
    reason = "what a command was asked for goes to standard output"
)]
fn say(text: &str) {
    println!("{text}");
}
