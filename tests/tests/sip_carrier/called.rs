//! Calls that go out to a carrier.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use tests::offhook::Offhook;
use tests::tenant::Tenant;

use super::sipp::Called;

const OURS: &str = "+493055550100";

/// A tenant with a number of a carrier that takes calls at an address.
async fn tenant_of_carrier(
    offhook: &Offhook,
    company: &str,
    carrier: SocketAddr,
    options: &[&str],
) -> Result<Tenant> {
    add_trunk(offhook, carrier, options, Some(OURS)).await?;
    let tenant = Tenant::sign_up(&offhook.url, company).await?;
    let numbers = tenant.get("phone-numbers").await?;
    // It may be the one that came with the sign-up.
    let numbers = numbers["items"].as_array().context("it has numbers")?;
    if !numbers.iter().any(|number| number["e164"] == OURS) {
        let claim = json!({ "e164": OURS, "flow_id": null });
        tenant.post("phone-numbers", claim).await?;
    }
    Ok(tenant)
}

async fn add_trunk(
    offhook: &Offhook,
    carrier: SocketAddr,
    options: &[&str],
    number: Option<&str>,
) -> Result<()> {
    let carrier = carrier.to_string();
    let add = [
        "trunk",
        "add",
        "Carrier",
        "--calling-code",
        "49",
        "--outbound",
        &carrier,
    ];
    let said = offhook.run(&[&add[..], options].concat()).await?;
    let trunk = said.split(' ').find(|word| word.starts_with("trk_"));
    let trunk = trunk.context("it has an id")?.trim_end().trim_end_matches('.');
    if let Some(number) = number {
        offhook
            .run(&["trunk", "add-numbers", trunk, number, "--country", "DE"])
            .await?;
    }
    Ok(())
}

/// Calls somebody and gives back the contact's id.
async fn call(tenant: &Tenant, to: &str) -> Result<String> {
    let body = json!({ "from": OURS, "to": to, "ring_timeout_s": 15 });
    let placed = tenant.post("outbound-calls", body).await?;
    Ok(placed["contact_id"].as_str().context("it has an id")?.to_owned())
}

async fn until_over(tenant: &Tenant) -> Result<Value> {
    tenant
        .until_contact("it is over", |contact| contact["state"] == "completed")
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_called_and_answers_is_with_the_flow() -> Result<()> {
    let offhook = Offhook::start("called", &[]).await?;
    let carrier = Called::start("called_answers")?;
    let tenant = tenant_of_carrier(&offhook, "Called", carrier.address, &[]).await?;
    call(&tenant, "030 / 90 18 20").await?;
    let contact = tenant
        .until_contact("the flow has it", |contact| contact["state"] == "flow")
        .await?;
    assert_eq!(contact["direction"], "outbound", "{contact:#}");
    assert_eq!(
        (&contact["from"], &contact["to"]),
        (&json!(OURS), &json!("+4930901820"))
    );
    let heard = carrier.succeeds().await?;
    let at = heard.address;
    for line in [
        format!("INVITE sip:+4930901820@{at};user=phone SIP/2.0"),
        format!("P-Asserted-Identity: <sip:{OURS}@{at};user=phone>"),
        format!("From: <sip:{OURS}@{at};user=phone>"),
    ] {
        assert!(heard.messages.contains(&line), "{line}\n{}", heard.messages);
    }
    let contact = until_over(&tenant).await?;
    assert_eq!(
        contact["disconnect_reason"]["code"], "customer_hung_up",
        "{contact:#}"
    );
    assert_eq!(
        contact["usage"][0]["meter"], "outbound_trunk_seconds",
        "{contact:#}"
    );
    let intervals = contact["intervals"].as_object().context("it has intervals")?;
    assert!(intervals["dialing_ms"].as_u64() >= Some(300), "{contact:#}");
    let partitioned = intervals.iter().filter(|(name, _)| *name != "acw_ms");
    let total: u64 = partitioned.filter_map(|(_, ms)| ms.as_u64()).sum();
    assert_eq!(contact["duration_ms"].as_u64(), Some(total), "{contact:#}");
    let events = tenant
        .get(&format!("contacts/{}/events", contact["id"].as_str().unwrap()))
        .await?;
    let events = events["items"].as_array().context("it has events")?;
    let rings = |event: &Value| event["type"] == "leg_ringing";
    assert_eq!(
        events.iter().filter(|event| rings(event)).count(),
        1,
        "{events:#?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_busy_or_does_not_answer_is_noted_as_such() -> Result<()> {
    for (company, scenario, reason) in [
        ("Busy", "called_busy", "busy"),
        ("Unanswered", "called_rings", "no_answer"),
    ] {
        let offhook = Offhook::start(scenario, &[]).await?;
        let carrier = Called::start(scenario)?;
        let tenant = tenant_of_carrier(&offhook, company, carrier.address, &[]).await?;
        call(&tenant, "+4930901820").await?;
        carrier.succeeds().await?;
        let contact = until_over(&tenant).await?;
        assert_eq!(contact["disconnect_reason"]["code"], reason, "{contact:#}");
        assert_eq!(contact["usage"], json!([]), "{contact:#}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_rings_is_taken_back_and_the_carrier_hears_it() -> Result<()> {
    let offhook = Offhook::start("taken-back", &[]).await?;
    let carrier = Called::start("called_rings")?;
    let tenant = tenant_of_carrier(&offhook, "Cancelled", carrier.address, &[]).await?;
    let contact = call(&tenant, "+4930901820").await?;
    let events = format!("contacts/{contact}/events");
    tenant
        .until_at(&events, "it rings", |events| {
            events.to_string().contains("leg_ringing")
        })
        .await?;
    let path = format!("outbound-calls/{contact}");
    tenant.ask(Method::DELETE, &path, None).await?;
    carrier.succeeds().await?;
    let contact = until_over(&tenant).await?;
    assert_eq!(contact["disconnect_reason"]["code"], "cancelled", "{contact:#}");
    let late = tenant.ask(Method::DELETE, &path, None).await.unwrap_err();
    assert!(late.to_string().contains("contact_moved_on"), "{late}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_asks_for_credentials_gets_those_of_the_trunk() -> Result<()> {
    // Nothing listens at the registrar: calls go out all the same.
    let registration = [
        "--registrar",
        "127.0.0.1:9",
        "--register-as",
        "ana",
        "--register-password",
        "secret",
    ];
    for scenario in ["called_challenges", "called_proxy_challenges"] {
        let offhook = Offhook::start(scenario, &[]).await?;
        let carrier = Called::start(scenario)?;
        let tenant = tenant_of_carrier(&offhook, "Challenged", carrier.address, &registration).await?;
        call(&tenant, "+4930901820").await?;
        carrier.succeeds().await?;
        let contact = until_over(&tenant).await?;
        let reason = &contact["disconnect_reason"]["code"];
        assert_eq!(reason, "customer_hung_up", "{scenario}: {contact:#}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_call_goes_out_over_a_trunk_that_carries_it_and_over_no_other() -> Result<()> {
    let offhook = Offhook::start("emergency", &[]).await?;
    let (other, carrier) = (Called::start("called_answers")?, Called::start("called_answers")?);
    let tenant = tenant_of_carrier(&offhook, "Emergency", other.address, &[]).await?;
    let refused = call(&tenant, "112").await.unwrap_err().to_string();
    assert!(refused.contains("no_emergency_trunk"), "{refused}");
    let warned = [
        "an emergency call was refused",
        "tenant.id=ten_",
        "number=112",
        "no trunk carries",
    ];
    offhook.until_logged(&warned).await?;
    add_trunk(&offhook, carrier.address, &["--carries-emergency"], None).await?;
    call(&tenant, "+49 112").await?;
    let heard = carrier.succeeds().await?;
    let line = format!("INVITE sip:112@{};user=phone SIP/2.0", heard.address);
    assert!(heard.messages.contains(&line), "{line}\n{}", heard.messages);
    let contact = until_over(&tenant).await?;
    assert_eq!((&contact["from"], &contact["to"]), (&json!(OURS), &Value::Null));
    assert_eq!(other.messages(), "", "no other trunk heard of it");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lab_number_that_is_called_rings_at_its_own_tenant() -> Result<()> {
    let offhook = Offhook::start("lab", &[]).await?;
    let ana = Tenant::sign_up(&offhook.url, "Ana").await?;
    let bo = Tenant::sign_up(&offhook.url, "Bo").await?;
    let (from, to) = (ana.number().await?, bo.number().await?);
    let placed = ana.post("outbound-calls", json!({ "to": to })).await?;
    let arrived = bo
        .until_contact("it waits", |contact| contact["state"] == "waiting")
        .await?;
    assert_eq!((&arrived["from"], &arrived["to"]), (&json!(from), &json!(to)));
    let outbound = ana
        .until_contact("it waits", |contact| contact["state"] == "waiting")
        .await?;
    assert_eq!(outbound["id"], placed["contact_id"]);
    for (to, word) in [("+49 30 901820", "not_carried"), (from.as_str(), "own numbers")] {
        let refused = ana.post("outbound-calls", json!({ "to": to })).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(word), "{to}: {refused}");
    }
    ana.post("outbound-calls", json!({ "to": "+12125550199" }))
        .await?;
    let nobody = until_over(&ana).await?;
    assert_eq!(
        nobody["disconnect_reason"]["code"], "unassigned_number",
        "{nobody:#}"
    );
    Ok(())
}
