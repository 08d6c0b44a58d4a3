//! The end of the process.

use anyhow::Result;
use tests::offhook::Offhook;
use tests::tenant::Tenant;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

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
    // A client that never finishes its request must not keep the callers from their BYE.
    let mut slow = TcpStream::connect(offhook.url.trim_start_matches("http://")).await?;
    slow.write_all(b"GET /api/v1/me HT").await?;
    offhook.end().await?;
    call.succeeds().await?;
    offhook.restart().await?;
    tenant.move_to(&offhook.url);
    let contact = tenant
        .until_contact("it is over", |contact| contact["state"] == "completed")
        .await?;
    assert_eq!(
        contact["disconnect_reason"]["code"], "system_restarted",
        "{contact:#}"
    );
    drop(slow);
    Ok(())
}
