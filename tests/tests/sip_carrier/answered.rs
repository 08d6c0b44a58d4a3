//! Calls that are answered.

use anyhow::Result;
use serde_json::json;
use tests::line::Line;
use tests::offhook::Offhook;
use tests::tenant::Tenant;

use super::sipp::Sipp;

#[tokio::test(flavor = "multi_thread")]
async fn calls_without_an_agent_end_as_the_carrier_ends_them() -> Result<()> {
    let offhook = Offhook::start("carrier", &[]).await?;
    let tenant = Tenant::sign_up(&offhook.url, "Carrier").await?;
    let number = tenant.number().await?;
    for (scenario, transport) in [
        ("plain", "u1"),
        ("plain", "t1"),
        ("late_offer", "u1"),
        ("hold", "u1"),
        ("refused_change", "u1"),
    ] {
        Sipp::call(scenario, &number, offhook.sip, transport)?
            .succeeds()
            .await?;
        let contact = tenant
            .until_contact("it is over", |contact| contact["state"] == "completed")
            .await?;
        let what = format!("{scenario} over {transport}: {contact:#}");
        assert_eq!(contact["disconnect_reason"]["code"], "customer_hung_up", "{what}");
        assert_eq!(contact["usage"][0]["meter"], "inbound_trunk_seconds", "{what}");
        assert!(contact["usage"][0]["quantity"].as_u64() >= Some(1), "{what}");
        let intervals = contact["intervals"].as_object().unwrap();
        let partitioned = intervals.iter().filter(|(name, _)| *name != "acw_ms");
        let total: u64 = partitioned.map(|(_, ms)| ms.as_u64().unwrap()).sum();
        assert_eq!(contact["duration_ms"].as_u64(), Some(total), "{what}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_before_the_answer_is_told_so() -> Result<()> {
    let offhook = Offhook::start("cancel", &[]).await?;
    let tenant = Tenant::sign_up(&offhook.url, "Cancel").await?;
    let number = tenant.number().await?;
    // On a busy machine the answer may be quicker than the CANCEL, which then comes too late for this scenario.
    for _ in 0..4 {
        if Sipp::call("cancel", &number, offhook.sip, "u1")?
            .succeeds()
            .await
            .is_ok()
        {
            return Ok(());
        }
    }
    Sipp::call("cancel", &number, offhook.sip, "u1")?.succeeds().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_in_the_queue_is_abandoned() -> Result<()> {
    let offhook = Offhook::start("abandoned", &[]).await?;
    let tenant = Tenant::sign_up(&offhook.url, "Abandoned").await?;
    let number = tenant.number().await?;
    let call = Sipp::call("held_open", &number, offhook.sip, "u1")?;
    let contact = tenant
        .until_contact("it waits", |contact| contact["state"] == "waiting")
        .await?;
    assert_eq!(contact["queue"]["name"], "Support");
    call.succeeds().await?;
    let contact = tenant
        .until_contact("it is over", |contact| contact["state"] == "completed")
        .await?;
    assert!(
        contact["intervals"]["wait_ms"].as_u64() > Some(5_000),
        "{contact:#}"
    );
    assert!(contact["connected_at"].is_null(), "{contact:#}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_takes_a_call_and_ends_it() -> Result<()> {
    let offhook = Offhook::start("answered", &[]).await?;
    let mut tenant = Tenant::sign_up(&offhook.url, "Answered").await?;
    let number = tenant.number().await?;
    let line = tenant.go_available(440.0).await?;
    let call = Sipp::call("until_bye", &number, offhook.sip, "u1")?;
    let contact = tenant.accept().await?;
    // SIPp sends back what it hears: the agent's own tone has gone both ways.
    line.hears(440.0).await?;
    tenant
        .post(&format!("agent/contacts/{contact}/end"), json!({}))
        .await?;
    call.succeeds().await?;
    tenant.complete(&contact).await?;
    let contact = tenant.get(&format!("contacts/{contact}")).await?;
    assert_eq!(
        contact["disconnect_reason"]["code"], "agent_hung_up",
        "{contact:#}"
    );
    let meters: Vec<_> = contact["usage"]
        .as_array()
        .unwrap()
        .iter()
        .map(|usage| &usage["meter"])
        .collect();
    assert_eq!(meters.len(), 2, "{contact:#}");
    drop(line);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_browser_gets_the_phone_only_when_it_is_asked_for() -> Result<()> {
    let offhook = Offhook::start("browsers", &[]).await?;
    let mut tenant = Tenant::sign_up(&offhook.url, "Browsers").await?;
    let number = tenant.number().await?;
    let first = tenant.go_available(440.0).await?;
    let call = Sipp::call("until_bye", &number, offhook.sip, "u1")?;
    let contact = tenant.accept().await?;
    first.hears(440.0).await?;

    let (sdp, second) = Line::offer(700.0).await?;
    let refused = tenant.post("agent/line", json!({ "sdp": sdp })).await;
    let refusal = refused.expect_err("another page is open").to_string();
    assert!(refusal.contains("line_elsewhere"), "{refusal}");
    let answer = tenant
        .post("agent/line", json!({ "sdp": sdp, "take_over": true }))
        .await?;
    let second = second.connect(answer["sdp"].as_str().unwrap())?;
    second.hears(700.0).await?;

    let (sdp, third) = Line::offer(1_000.0).await?;
    let reloaded = json!({ "sdp": sdp, "previous_line_id": answer["line_id"] });
    let answer = tenant.post("agent/line", reloaded).await?;
    let third = third.connect(answer["sdp"].as_str().unwrap())?;
    third.hears(1_000.0).await?;
    drop((first, second));
    tenant
        .post(&format!("agent/contacts/{contact}/end"), json!({}))
        .await?;
    call.succeeds().await?;
    tenant.complete(&contact).await?;
    drop(third);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_leaves_nothing_stuck() -> Result<()> {
    let mut offhook = Offhook::start("killed", &[]).await?;
    let mut tenant = Tenant::sign_up(&offhook.url, "Killed").await?;
    let number = tenant.number().await?;
    let line = tenant.go_available(440.0).await?;
    let call = Sipp::call("held_open", &number, offhook.sip, "u1")?;
    let contact = tenant.accept().await?;
    offhook.kill_and_restart().await?;
    drop((call, line));
    tenant.move_to(&offhook.url);
    let found = tenant.get(&format!("contacts/{contact}")).await?;
    assert_eq!(
        found["disconnect_reason"]["code"], "system_restarted",
        "{found:#}"
    );
    assert_eq!(found["state"], "after_contact_work", "{found:#}");
    tenant.complete(&contact).await?;
    let line = tenant.go_available(440.0).await?;
    let call = Sipp::call("until_bye", &number, offhook.sip, "u1")?;
    let contact = tenant.accept().await?;
    tenant
        .post(&format!("agent/contacts/{contact}/end"), json!({}))
        .await?;
    call.succeeds().await?;
    drop(line);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_a_caller_presses_reach_the_agent() -> Result<()> {
    let offhook = Offhook::start("keys", &[]).await?;
    let mut tenant = Tenant::sign_up(&offhook.url, "Keys").await?;
    let number = tenant.number().await?;
    let line = tenant.go_available(440.0).await?;
    let call = Sipp::call("dtmf", &number, offhook.sip, "u1")?;
    let contact = tenant.accept().await?;
    call.succeeds().await?;
    assert_eq!(line.keys(), "15#*0");
    tenant.complete(&contact).await
}
