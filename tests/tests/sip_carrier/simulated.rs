//! Callers that Offhook makes itself, and a browser that hears itself.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use tests::line::Line;
use tests::offhook::Offhook;
use tests::tenant::Tenant;

#[tokio::test(flavor = "multi_thread")]
async fn simulated_callers_call_in_test_mode_and_hang_up_when_told_to() -> Result<()> {
    let offhook = Offhook::start("simulated", &[]).await?;
    let mut tenant = Tenant::sign_up(&offhook.url, "Simulated").await?;
    let line = tenant.go_available(440.0).await?;
    tenant.post("simulated-callers", json!({ "count": 10 })).await?;
    let contact = tenant.accept().await?;
    until(&tenant, "ten have called", |contacts| contacts.len() == 10).await?;
    until(&tenant, "the caller is heard", |_| line.sound_ms() > 500).await?;
    let contact = tenant.get(&format!("contacts/{contact}")).await?;
    assert_eq!(contact["test"], true, "{contact:#}");
    let too_many = tenant.post("simulated-callers", json!({ "count": 100 })).await;
    let problem = too_many.unwrap_err().to_string();
    assert!(problem.contains("limit_reached"), "{problem}");
    tenant.ask(Method::DELETE, "simulated-callers", None).await?;
    until(&tenant, "all have hung up", |contacts| {
        contacts
            .iter()
            .all(|contact| !contact["disconnect_reason"].is_null())
    })
    .await?;
    tenant.post("simulated-callers", json!({ "count": 100 })).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_hears_its_own_echo() -> Result<()> {
    let offhook = Offhook::start("echo", &[]).await?;
    let tenant = Tenant::sign_up(&offhook.url, "Echo").await?;
    let (offer, line) = Line::offer(440.0).await?;
    let answer = tenant.post("echo-tests", json!({ "sdp": offer })).await?;
    let line = line.connect(answer["sdp"].as_str().context("no answer")?)?;
    line.hears(440.0).await?;
    let id = answer["id"].as_str().context("no id")?;
    tenant
        .ask(Method::DELETE, &format!("echo-tests/{id}"), None)
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_caller_is_answered_and_hangs_up() -> Result<()> {
    let offhook = Offhook::start("browser", &[]).await?;
    let tenant = Tenant::sign_up(&offhook.url, "Browser").await?;
    let (offer, line) = Line::offer(440.0).await?;
    let answer = tenant.post("test-calls", json!({ "sdp": offer })).await?;
    let line = line.connect(answer["sdp"].as_str().context("no answer")?)?;
    tenant
        .until_contact("it waits", |contact| contact["state"] == "waiting")
        .await?;
    assert!(
        line.sound_ms() > 500,
        "the greeting is heard: {} ms",
        line.sound_ms()
    );
    let id = answer["contact_id"].as_str().context("no contact")?;
    tenant
        .ask(Method::DELETE, &format!("test-calls/{id}"), None)
        .await?;
    let contact = tenant.get(&format!("contacts/{id}")).await?;
    assert_eq!(
        contact["disconnect_reason"]["code"], "customer_hung_up",
        "{contact:#}"
    );
    assert_eq!(contact["test"], true, "{contact:#}");
    Ok(())
}

/// Looks at the contacts until something holds of them.
async fn until(tenant: &Tenant, what: &str, holds: impl Fn(&[Value]) -> bool) -> Result<()> {
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let page = tenant.get("contacts").await?;
        let contacts = page["items"].as_array().context("no contacts")?;
        if holds(contacts) {
            return Ok(());
        }
        anyhow::ensure!(
            tokio::time::Instant::now() < end,
            "waited in vain until {what}: {page:#}"
        );
        tokio::time::sleep_until(tokio::time::Instant::now() + std::time::Duration::from_millis(100)).await;
    }
}
