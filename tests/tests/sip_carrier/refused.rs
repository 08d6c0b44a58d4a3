//! Calls that never become a contact.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::json;
use tests::line::Line;
use tests::offhook::Offhook;
use tests::tenant::Tenant;

use super::sipp::Sipp;

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_nobody_has_is_not_found() -> Result<()> {
    let offhook = Offhook::start("unassigned", &[]).await?;
    let call = Sipp::call("refused_404", "+16465550199", offhook.sip, "u1")?;
    call.succeeds().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_node_says_when_to_try_again() -> Result<()> {
    let offhook = Offhook::start("full", &["--legs-max", "1"]).await?;
    let tenant = Tenant::sign_up(&offhook.url, "Full").await?;
    let number = tenant.number().await?;
    let first = Sipp::call("held_open", &number, offhook.sip, "u1")?;
    tenant
        .until_contact("the first call is in", |contact| contact["state"] == "flow")
        .await?;
    Sipp::call("refused_503", &number, offhook.sip, "u1")?
        .succeeds()
        .await?;
    first.succeeds().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_has_a_few_test_calls_and_ends_no_customers_call_as_one() -> Result<()> {
    let offhook = Offhook::start("testcalls", &[]).await?;
    let tenant = Tenant::sign_up(&offhook.url, "Testcalls").await?;
    let number = tenant.number().await?;
    let call = Sipp::call("held_open", &number, offhook.sip, "u1")?;
    let contact = tenant
        .until_contact("the customer is in", |contact| contact["state"] == "flow")
        .await?;
    let customer = contact["id"].as_str().context("a contact has an id")?;
    let path = format!("test-calls/{customer}");
    let ended = tenant.ask(Method::DELETE, &path, None).await;
    let problem = ended.unwrap_err().to_string();
    assert!(problem.contains("404"), "{problem}");
    // None of them ever connects.
    let mut lines = Vec::new();
    let problem = loop {
        let (offer, line) = Line::offer(440.0).await?;
        match tenant.post("test-calls", json!({ "sdp": offer })).await {
            Ok(_) => lines.push(line),
            Err(problem) => break problem.to_string(),
        }
    };
    assert!(problem.contains("limit_reached"), "{problem}");
    assert_eq!(lines.len(), 10);
    call.succeeds().await
}
