//! Calls to a tenant with a configuration of its own.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use model::{ConfigChange, TenantConfig, TenantId, Timestamp};
use store::{MasterKey, Store, StoreConfig};
use tests::offhook::Offhook;
use tests::tenant::Tenant;

use super::sipp::Sipp;

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_at_its_limit_is_busy() -> Result<()> {
    let mut offhook = Offhook::start("busy", &[]).await?;
    let mut tenant = Tenant::sign_up(&offhook.url, "Busy").await?;
    let number = tenant.number().await?;
    configure(&mut offhook, &mut tenant, |config| {
        let mut settings = config.settings.clone();
        settings.contacts_max = 0;
        ConfigChange::PutSettings(settings)
    })
    .await?;
    Sipp::call("refused_486", &number, offhook.sip, "u1")?
        .succeeds()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_lead_through_a_menu() -> Result<()> {
    let mut offhook = Offhook::start("menu", &[]).await?;
    let mut tenant = Tenant::sign_up(&offhook.url, "Menu").await?;
    let number = tenant.number().await?;
    configure(&mut offhook, &mut tenant, |config| {
        let mut flow = config.flows.values().next().expect("a tenant has a flow").clone();
        flow.document = menu();
        ConfigChange::PutFlow(flow)
    })
    .await?;
    Sipp::call("dtmf", &number, offhook.sip, "u1")?.succeeds().await?;
    let contact = tenant
        .until_contact("it is over", |contact| contact["state"] == "completed")
        .await?;
    let id = contact["id"].as_str().context("a contact has an id")?;
    let events = tenant.get(&format!("contacts/{id}/events")).await?;
    let events = events["items"].as_array().context("it has events")?;
    let pressed: Vec<&str> = events
        .iter()
        .filter_map(|event| event["data"]["event"]["digit"].as_str())
        .collect();
    assert_eq!(pressed, ["1", "5", "#", "*", "0"], "{events:#?}");
    Ok(())
}

/// A menu in which only the keys `1`, `5`, `#`, `*`, `0`, in this order, lead to the end.
fn menu() -> String {
    let keys = ['1', '5', '#', '*', '0'];
    let wait = |(index, key): (usize, char)| {
        let next = format!("wait-{}", index + 1);
        let block = serde_json::json!({
            "type": "get_digit",
            "prompts": ["number-1"],
            "timeout_s": 30,
            "digits": { key.to_string(): next },
            "timeout": "end",
            "invalid": "end",
        });
        (format!("wait-{index}"), block)
    };
    let mut blocks: serde_json::Map<_, _> = keys.into_iter().enumerate().map(wait).collect();
    let last = serde_json::json!({ "type": "play_prompt", "prompts": ["test-caller"], "next": "end" });
    blocks.insert("wait-5".to_owned(), last);
    blocks.insert("end".to_owned(), serde_json::json!({ "type": "disconnect" }));
    serde_json::json!({ "version": 1, "start": "wait-0", "blocks": blocks }).to_string()
}

/// Commits a change behind the server's back, and starts it anew so that it sees the change.
async fn configure(
    offhook: &mut Offhook,
    tenant: &mut Tenant,
    change: impl FnOnce(&TenantConfig) -> ConfigChange,
) -> Result<()> {
    let me = tenant.get("me").await?;
    let id: TenantId = me["tenant"]["id"].as_str().context("no tenant")?.parse()?;
    let store = open_store(&offhook.folder().join("offhook-data")).await?;
    let config = store.load_config(id).await?;
    let change = change(&config);
    store
        .commit_revision(id, config.revision, None, vec![change], Timestamp::from_millis(0))
        .await?;
    store.close().await;
    offhook.kill_and_restart().await?;
    tenant.move_to(&offhook.url);
    Ok(())
}

async fn open_store(folder: &Path) -> Result<Store> {
    let key = fs::read(folder.join("master.key"))?;
    let key = <[u8; 32]>::try_from(key.as_slice())?;
    Ok(Store::open(&StoreConfig::new(folder, None), MasterKey::new(key)).await?)
}
