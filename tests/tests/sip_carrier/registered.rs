//! Trunks that Offhook registers with.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::json;
use tests::network::Host;
use tests::offhook::{Offhook, free_address};
use tests::tenant::Tenant;

use super::sipp::{Called, Sipp};

const NUMBER: &str = "+493055550107";

async fn start(name: &str, host: &Host) -> Result<Offhook> {
    let sip = SocketAddr::from((host.near, free_address()?.port()));
    Offhook::start_at(name, sip, &[]).await
}

/// Adds a trunk of which nothing is known but its registrar, and gives back its id.
async fn add_trunk(offhook: &Offhook, registrar: &Called) -> Result<String> {
    let registrar = registrar.address.to_string();
    let mut add = vec!["trunk", "add", "Carrier", "--calling-code", "49"];
    add.extend(["--registrar", &registrar]);
    add.extend(["--register-as", "ana", "--register-password", "secret"]);
    let said = offhook.run(&add).await?;
    let trunk = said.split_whitespace().last().context("it has an id")?;
    let trunk = trunk.trim_end_matches('.').to_owned();
    offhook
        .run(&["trunk", "add-numbers", &trunk, NUMBER, "--country", "DE"])
        .await?;
    Ok(trunk)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_kept_up_brings_calls_and_goes_with_its_trunk() -> Result<()> {
    let host = Host::make()?;
    let offhook = start("registered", &host).await?;
    let tenant = Tenant::sign_up(&offhook.url, "Registered").await?;
    let registrar = Called::start_at(&host, "registrar")?;
    let trunk = add_trunk(&offhook, &registrar).await?;
    offhook
        .until_logged(&[&trunk, "registered with the carrier"])
        .await?;
    let claim = json!({ "e164": NUMBER, "flow_id": null });
    let number = tenant.post("phone-numbers", claim).await?;

    let options = ["-s", "ana", "-key", "number", NUMBER];
    Sipp::call_from(&host, "over_registration", offhook.sip, &options)?
        .succeeds()
        .await?;
    let contact = tenant
        .until_contact("it is over", |contact| contact["state"] == "completed")
        .await?;
    assert_eq!(contact["to"], NUMBER, "{contact:#}");

    let number = number["id"].as_str().context("a number has an id")?;
    let path = format!("phone-numbers/{number}");
    tenant.ask(Method::DELETE, &path, None).await?;
    offhook.run(&["trunk", "remove", &trunk]).await?;
    let heard = registrar.succeeds().await?.messages;
    // The registrar granted two seconds each time.
    for count in ["nc=00000001", "nc=00000002", "nc=00000003"] {
        assert!(heard.contains(count), "{count}\n{heard}");
    }
    let contact = format!("Contact: <sip:ana@{}", offhook.sip);
    assert!(heard.contains(&contact), "{contact}\n{heard}");
    offhook
        .until_logged(&[&trunk, "no longer registered with the carrier"])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registrar_that_refuses_is_named_in_the_log_with_its_status() -> Result<()> {
    let host = Host::make()?;
    let offhook = start("unwanted", &host).await?;
    let registrar = Called::start_at(&host, "registrar_refuses")?;
    let trunk = add_trunk(&offhook, &registrar).await?;
    registrar.succeeds().await?;
    offhook
        .until_logged(&[&trunk, "the carrier refuses our registration", "403"])
        .await
}
