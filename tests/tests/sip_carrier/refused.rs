//! Calls that never become a contact.

use anyhow::Result;
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
