//! Floods of SIP: what they cost is bounded and given back, and calls go on.
#![cfg(feature = "real-parts")]

#[path = "floods/caller.rs"]
mod caller;
#[path = "floods/footprint.rs"]
mod footprint;
#[path = "floods/half_messages.rs"]
mod half_messages;
#[path = "floods/unacknowledged.rs"]
mod unacknowledged;

use anyhow::{Result, ensure};
use tests::offhook::Offhook;
use tests::tenant::Tenant;

use caller::call;
use footprint::{Footprint, Watch};
use half_messages::HalfMessages;
use unacknowledged::Flood;

const INVITES_COUNT: usize = 20_000;
const CONNECTIONS_COUNT: usize = 1_000;
/// What all the limits of a node together may cost.
const PEAK_MB_MAX: u64 = 300;
/// What is kept for the next time: by the allocator, and by the database's connections, each with a cache and two files.
const KEPT: Footprint = Footprint {
    resident_mb: 16,
    sockets_count: 0,
    files_count: 16,
};

/// Twenty thousand INVITEs whose answers are never acknowledged, and a thousand connections that bring half a message.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_costs_a_bounded_amount_that_is_given_back_and_calls_go_on() -> Result<()> {
    let offhook = Offhook::start("floods", &["--media-address", "127.0.0.1"]).await?;
    let flooded = Tenant::sign_up(&offhook.url, "Flooded").await?;
    let other = Tenant::sign_up(&offhook.url, "Other").await?;
    let (flooded_number, other_number) = (flooded.number().await?, other.number().await?);
    // What a node needs from its first call on is not the flood's.
    call(offhook.sip, &flooded_number).await?;
    call(offhook.sip, &other_number).await?;
    let before = Footprint::settled(&offhook).await?;
    let watch = Watch::start(&offhook)?;

    let connections = HalfMessages::open(offhook.sip, CONNECTIONS_COUNT).await?;
    let mut flood = Flood::start(offhook.sip, &flooded_number).await?;
    flood.send(INVITES_COUNT).await?;
    call(offhook.sip, &other_number).await?;
    let answered_count = flood.until_hung_up().await?;
    ensure!(
        answered_count > 0,
        "the flood was refused before it cost anything"
    );
    connections.until_closed().await?;

    let peak = watch.end();
    let after = Footprint::until_near(&offhook, &before, &KEPT).await?;
    let told = format!("before {before:?}, at the peak {peak:?}, after {after:?}, {answered_count} answered");
    let flood_sockets = peak.sockets_count - before.sockets_count;
    ensure!(
        flood_sockets >= CONNECTIONS_COUNT,
        "the connections were not taken: {told}"
    );
    // Audio takes two for each call; a few more are the honest caller's.
    let sockets_max = CONNECTIONS_COUNT + 2 * answered_count + 16;
    ensure!(flood_sockets <= sockets_max, "{told}");
    ensure!(peak.resident_mb < before.resident_mb + PEAK_MB_MAX, "{told}");
    call(offhook.sip, &flooded_number).await?;
    let log = std::fs::read_to_string(offhook.folder().join("log"))?;
    ensure!(!log.contains("panicked"), "{log}");
    Ok(())
}
