//! A data folder on a disk that is full.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::disk::SmallDisk;
use tests::line::Line;
use tests::offhook::Offhook;
use tests::tenant::Tenant;

use super::sipp::Sipp;

/// Room for a database and for what is kept in reserve.
const DISK_MIB: usize = 400;
/// What takes the disk below its reserve, and leaves room for all that calls in progress write.
const BALLAST_MIB: usize = 200;

/// An Offhook on a small disk, with an agent in a call.
struct Busy {
    line: Line,
    call: Sipp,
    contact: String,
    /// What was told of the contact.
    told: Vec<Value>,
    number: String,
    tenant: Tenant,
    offhook: Offhook,
    /// Goes after the process that uses it.
    disk: SmallDisk,
}

impl Busy {
    async fn start(name: &str) -> Result<Self> {
        let disk = SmallDisk::make(DISK_MIB)?;
        let folder = disk.folder().to_string_lossy().into_owned();
        let offhook = Offhook::start(name, &["--data-dir", &folder]).await?;
        let mut tenant = Tenant::sign_up(&offhook.url, "Full").await?;
        let number = tenant.number().await?;
        let line = tenant.go_available(440.0).await?;
        let call = Sipp::call("until_bye", &number, offhook.sip, "u1")?;
        let contact = tenant.accept().await?;
        line.hears(440.0).await?;
        let told = events(&tenant, &contact).await?;
        Ok(Self {
            line,
            call,
            contact,
            told,
            number,
            tenant,
            offhook,
            disk,
        })
    }

    /// Who calls now is told to try again later, whoever looks is told why, and the call in progress is heard on.
    async fn turns_new_calls_away(&self) -> Result<()> {
        Sipp::call("refused_503", &self.number, self.offhook.sip, "u1")?
            .succeeds()
            .await?;
        self.line.hears_on().await?;
        let folder = self.disk.folder().to_string_lossy();
        let found = self.offhook.run(&["doctor", "--data-dir", &folder]).await;
        let found = found.unwrap_err().to_string();
        let fault = found
            .lines()
            .find(|line| line.contains("FAULT  the disk of the data folder has"));
        let fault = fault.with_context(|| format!("the doctor finds no fault:\n{found}"))?;
        assert!(fault.contains("new calls are turned away"), "{fault}");
        Ok(())
    }

    /// Asks for the end of the call in progress, as its agent does.
    async fn end(&self) -> Result<Value> {
        let path = format!("agent/contacts/{}/end", self.contact);
        self.tenant.post(&path, json!({})).await
    }

    /// Has the call filed that its agent has ended.
    async fn completes(self) -> Result<Idle> {
        let Self { tenant, contact, .. } = self;
        self.call.succeeds().await?;
        tenant.complete(&contact).await?;
        let record = tenant.get(&format!("contacts/{contact}")).await?;
        assert_eq!(record["disconnect_reason"]["code"], "agent_hung_up", "{record:#}");
        assert_eq!(record["state"], "completed", "{record:#}");
        let kept = events(&tenant, &contact).await?;
        assert!(
            kept.starts_with(&self.told),
            "told {:#?}, kept {kept:#?}",
            self.told
        );
        Ok(Idle {
            _line: self.line,
            number: self.number,
            tenant,
            offhook: self.offhook,
            disk: self.disk,
        })
    }
}

/// The same after the call.
struct Idle {
    _line: Line,
    number: String,
    tenant: Tenant,
    offhook: Offhook,
    disk: SmallDisk,
}

impl Idle {
    async fn takes_the_next_call(self) -> Result<()> {
        let Self { tenant, offhook, .. } = &self;
        tenant.set_status("available").await?;
        let call = Sipp::call("until_bye", &self.number, offhook.sip, "u1")?;
        let contact = tenant.accept().await?;
        tenant
            .post(&format!("agent/contacts/{contact}/end"), json!({}))
            .await?;
        call.succeeds().await?;
        tenant.complete(&contact).await
    }
}

async fn events(tenant: &Tenant, contact: &str) -> Result<Vec<Value>> {
    let page = tenant.get(&format!("contacts/{contact}/events")).await?;
    Ok(page["items"].as_array().context("it has events")?.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_turns_new_calls_away_while_the_others_end_in_order() -> Result<()> {
    let busy = Busy::start("filling").await?;
    busy.disk.fill(BALLAST_MIB)?;
    busy.offhook
        .until_logged(&["new calls are turned away: the disk of the data folder is almost full"])
        .await?;
    busy.turns_new_calls_away().await?;
    busy.end().await?;
    let idle = busy.completes().await?;
    idle.disk.make_room()?;
    idle.offhook.until_logged(&["new calls are taken again"]).await?;
    idle.takes_the_next_call().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_at_once_keeps_what_was_told_and_does_nothing_it_cannot_keep() -> Result<()> {
    let busy = Busy::start("filled").await?;
    busy.disk.fill_up()?;
    let unkept = busy.end().await.unwrap_err().to_string();
    assert!(unkept.contains("503"), "{unkept}");
    busy.offhook
        .until_logged(&[
            "events could not be stored yet",
            "the disk of the database is full",
        ])
        .await?;
    busy.turns_new_calls_away().await?;
    busy.disk.make_room()?;
    busy.offhook.until_logged(&["new calls are taken again"]).await?;
    busy.completes().await?.takes_the_next_call().await
}
