//! `offhook serve`.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use api::ApiState;
use store::{Store, StoreConfig};

use crate::backend::Node;
use crate::clock::Clock;
use crate::{Data, lab, master_key, say};

const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(3600);

/// Opens the store, making the data folder and the key at the first start.
pub(crate) async fn open_store(data: &Data) -> Result<Store> {
    fs::create_dir_all(&data.data_dir)
        .with_context(|| format!("cannot make the data folder {}", data.data_dir.display()))?;
    let key = master_key::load_or_create(&data.data_dir)?;
    let config = StoreConfig::new(&data.data_dir, data.database_url.as_deref());
    Store::open(&config, key)
        .await
        .context("cannot open the database")
}

/// Runs until the process is asked to end.
pub(crate) async fn serve(data: &Data, http: SocketAddr, base_url: Option<String>) -> Result<()> {
    let store = open_store(data).await?;
    let clock = Arc::new(Clock::default());
    lab::ensure(&store, clock.now()).await?;
    let listener = tokio::net::TcpListener::bind(http).await.with_context(|| {
        format!("cannot listen on {http}: choose another address with --http, or end what listens there")
    })?;
    let base_url = base_url.map_or_else(
        || default_base_url(&listener),
        |url| Ok(url.trim_end_matches('/').to_owned()),
    )?;
    let housekeeping = tokio::spawn(keep_house(store.clone(), Arc::clone(&clock)));
    let node = Node::new(store.clone(), clock, base_url.clone());
    let app = api::router(ApiState::new(store.clone(), Arc::new(node))).merge(console::router());
    say(&format!("Offhook runs on {base_url}"));
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(asked_to_end())
        .await?;
    housekeeping.abort();
    store.close().await;
    Ok(())
}

/// `localhost`, for only there and over https does a browser lend its microphone.
fn default_base_url(listener: &tokio::net::TcpListener) -> Result<String> {
    let address = listener.local_addr()?;
    let host = if address.ip().is_loopback() || address.ip().is_unspecified() {
        "localhost".to_owned()
    } else {
        address.ip().to_string()
    };
    Ok(format!("http://{host}:{}", address.port()))
}

async fn keep_house(store: Store, clock: Arc<Clock>) {
    let mut every_hour = tokio::time::interval(HOUSEKEEPING_EVERY);
    loop {
        every_hour.tick().await;
        if let Err(error) = store.delete_expired(clock.now()).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "expired rows could not be deleted"
            );
        }
    }
}

async fn asked_to_end() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
