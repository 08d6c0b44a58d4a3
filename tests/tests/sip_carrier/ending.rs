//! The end of the process.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use tests::offhook::Offhook;
use tests::tenant::Tenant;

use super::sipp::Sipp;

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_asked_to_end_says_goodbye_to_its_callers() -> Result<()> {
    let mut offhook = Offhook::start("goodbye", &[]).await?;
    let mut tenant = Tenant::sign_up(&offhook.url, "Goodbye").await?;
    let number = tenant.number().await?;
    let call = Sipp::call("until_bye", &number, offhook.sip, "u1")?;
    tenant
        .until_contact("it waits", |contact| contact["state"] == "waiting")
        .await?;
    let pid = offhook.pid().context("offhook runs")?;
    let asked = Command::new("kill").args(["-TERM", &pid.to_string()]).status()?;
    ensure!(asked.success(), "the process cannot be asked to end");
    call.succeeds().await?;
    offhook.kill_and_restart().await?;
    tenant.move_to(&offhook.url);
    let contact = tenant
        .until_contact("it is over", |contact| contact["state"] == "completed")
        .await?;
    assert_eq!(
        contact["disconnect_reason"]["code"], "system_restarted",
        "{contact:#}"
    );
    Ok(())
}
