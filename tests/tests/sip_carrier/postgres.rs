//! Calls to an Offhook that keeps everything in PostgreSQL.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tests::offhook::Offhook;
use tests::tenant::Tenant;

use super::sipp::Sipp;

/// How much of a call may go unmetered when the process is killed.
const UNMETERED_S_MAX: u64 = 10;
/// So long after its last event that without a checkpoint too much of the call would be unmetered.
const KILLED_AFTER_MS: u64 = 13_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_recorded_and_metered_and_a_killed_process_leaves_nothing_stuck() -> Result<()> {
    let server = std::env::var("TEST_DATABASE_URL");
    let server = server.context("TEST_DATABASE_URL names no PostgreSQL: use `cargo xtask test`")?;
    let name = format!("offhook_carrier_test_{}", std::process::id());
    execute(&server, format!("CREATE DATABASE {name}")).await?;
    let (host, _) = server.rsplit_once('/').context("a database has a name")?;
    // In a task of its own, so that the database goes whatever happens.
    let story = tokio::spawn(story(format!("{host}/{name}"))).await;
    execute(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await?;
    story?
}

async fn story(database: String) -> Result<()> {
    let mut offhook = Offhook::start("postgres", &["--database-url", &database]).await?;
    let mut tenant = Tenant::sign_up(&offhook.url, "Postgres").await?;
    let number = tenant.number().await?;
    let line = tenant.go_available(440.0).await?;

    let answered = take_call(&offhook, &tenant, &number).await?;
    assert_eq!(
        answered["disconnect_reason"]["code"], "agent_hung_up",
        "{answered:#}"
    );
    assert_eq!(answered["state"], "completed", "{answered:#}");
    assert!(metered_s(&answered) >= Some(1), "{answered:#}");

    let call = Sipp::call("until_bye", &number, offhook.sip, "u1")?;
    let contact = tenant.accept().await?;
    line.hears(440.0).await?;
    let path = format!("contacts/{contact}");
    let lasts = |contact: &Value| contact["intervals"]["talk_ms"].as_u64() >= Some(KILLED_AFTER_MS);
    let told = tenant.until_at(&path, "it has lasted a while", lasts).await?;
    offhook.kill_and_restart().await?;
    drop((call, line));
    tenant.move_to(&offhook.url);

    let closed = tenant.get(&path).await?;
    assert_eq!(
        closed["disconnect_reason"]["code"], "system_restarted",
        "{closed:#}"
    );
    assert_eq!(closed["state"], "after_contact_work", "{closed:#}");
    let metered_s = metered_s(&closed).context("it is metered")?;
    let is_metered = Some(metered_s + UNMETERED_S_MAX) >= leg_s(&told);
    assert!(is_metered, "told {told:#}, closed {closed:#}");
    tenant.complete(&contact).await?;
    let kept = tenant.get(&format!("contacts/{}", id(&answered)?)).await?;
    assert_eq!(kept, answered);

    let _line = tenant.go_available(440.0).await?;
    let answered = take_call(&offhook, &tenant, &number).await?;
    assert_eq!(
        answered["disconnect_reason"]["code"], "agent_hung_up",
        "{answered:#}"
    );
    Ok(())
}

/// Has a call come in, taken, ended by the agent and filed; gives back its record.
async fn take_call(offhook: &Offhook, tenant: &Tenant, number: &str) -> Result<Value> {
    let call = Sipp::call("until_bye", number, offhook.sip, "u1")?;
    let contact = tenant.accept().await?;
    tenant
        .post(&format!("agent/contacts/{contact}/end"), json!({}))
        .await?;
    call.succeeds().await?;
    tenant.complete(&contact).await?;
    tenant.get(&format!("contacts/{contact}")).await
}

fn id(contact: &Value) -> Result<&str> {
    contact["id"].as_str().context("a contact has an id")
}

/// How much of the customer's leg was metered.
fn metered_s(contact: &Value) -> Option<u64> {
    let of_trunk = |usage: &&Value| usage["meter"] == "inbound_trunk_seconds";
    contact["usage"].as_array()?.iter().find(of_trunk)?["quantity"].as_u64()
}

/// How long the customer's leg has been connected.
fn leg_s(contact: &Value) -> Option<u64> {
    Some(contact["legs"][0]["connected_ms"].as_u64()? / 1_000)
}

async fn execute(server: &str, statement: String) -> Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await?;
    Ok(())
}
