//! Carriers that prove themselves by digest.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;
use sha2::{Digest, Sha256};
use tests::network::Host;
use tests::offhook::{Offhook, free_address};
use tests::tenant::Tenant;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::sipp::Sipp;

const NUMBER: &str = "+493055550108";
const REALM: &str = "offhook";
/// A trunk is known some moments after it was added; until then its carrier is a stranger and gets no answer.
const REPEAT_AFTER: Duration = Duration::from_secs(1);
const REPEATS_MAX: usize = 30;
const DATAGRAM_BYTES_MAX: usize = 4_096;

/// An Offhook with a trunk whose carrier comes from anywhere and proves itself.
struct Proving {
    host: Host,
    offhook: Offhook,
    tenant: Tenant,
}

impl Proving {
    async fn start(name: &str) -> Result<Self> {
        let host = Host::make()?;
        let sip = SocketAddr::from((host.near, free_address()?.port()));
        let offhook = Offhook::start_at(name, sip, &[]).await?;
        let mut add = vec!["trunk", "add", "Carrier", "--calling-code", "49"];
        add.extend(["--username", "ana", "--password", "secret"]);
        let said = offhook.run(&add).await?;
        let trunk = said.split_whitespace().last().context("it has an id")?;
        let trunk = trunk.trim_end_matches('.');
        offhook
            .run(&["trunk", "add-numbers", trunk, NUMBER, "--country", "DE"])
            .await?;
        let tenant = Tenant::sign_up(&offhook.url, "Proving").await?;
        let claim = json!({ "e164": NUMBER, "flow_id": null });
        tenant.post("phone-numbers", claim).await?;
        Ok(Self {
            host,
            offhook,
            tenant,
        })
    }

    fn call(&self, scenario: &str, border: &Border, password: &str) -> Result<Sipp> {
        let options = ["-s", NUMBER, "-au", "ana", "-ap", password];
        Sipp::call_from(&self.host, scenario, border.address, &options)
    }
}

/// Stands before Offhook and passes everything on except challenges by SHA-256: SIPp looks at the first challenge
/// alone and knows MD5 alone.
struct Border {
    address: SocketAddr,
    task: JoinHandle<Result<()>>,
}

impl Border {
    async fn before(offhook: SocketAddr) -> Result<Self> {
        let socket = UdpSocket::bind((offhook.ip(), 0)).await?;
        let address = socket.local_addr()?;
        let task = tokio::spawn(async move {
            let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
            let mut carrier = None;
            loop {
                let (len, source) = socket.recv_from(&mut buffer).await?;
                if source != offhook {
                    carrier = Some(source);
                    socket.send_to(&buffer[..len], offhook).await?;
                } else if let Some(carrier) = carrier {
                    let message = String::from_utf8(buffer[..len].to_vec())?;
                    let is_passed = |line: &&str| !line.contains("algorithm=SHA-256");
                    let passed: String = message.split_inclusive("\r\n").filter(is_passed).collect();
                    socket.send_to(passed.as_bytes(), carrier).await?;
                }
            }
        });
        Ok(Self { address, task })
    }
}

impl Drop for Border {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A carrier that says what it wants in its own words.
struct Carrier {
    socket: UdpSocket,
    offhook: SocketAddr,
    invites_count: u32,
}

impl Carrier {
    async fn towards(offhook: SocketAddr) -> Result<Self> {
        Ok(Self {
            socket: UdpSocket::bind((offhook.ip(), 0)).await?,
            offhook,
            invites_count: 0,
        })
    }

    /// Makes a new call with or without credentials, and gives back the final answer.
    async fn invite(&mut self, credentials: Option<&str>) -> Result<String> {
        self.invites_count += 1;
        let (offhook, number) = (self.offhook, self.invites_count);
        let here = self.socket.local_addr()?;
        let credentials = credentials.map_or_else(String::new, |value| format!("Authorization: {value}\r\n"));
        let invite = format!(
            "INVITE sip:{NUMBER}@{offhook} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {here};branch=z9hG4bK-{number}\r\n\
             From: <sip:+15551230000@{here}>;tag={number}\r\n\
             To: <sip:{NUMBER}@{offhook}>\r\n\
             Call-ID: proof-{number}-{here}\r\n\
             CSeq: 1 INVITE\r\n\
             Contact: <sip:+15551230000@{here}>\r\n\
             Max-Forwards: 70\r\n\
             {credentials}Content-Length: 0\r\n\r\n"
        );
        let call = format!("Call-ID: proof-{number}-{here}");
        let is_final = |answer: &str| answer.contains(&call) && !answer.starts_with("SIP/2.0 1");
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        for _ in 0..REPEATS_MAX {
            self.socket.send_to(invite.as_bytes(), offhook).await?;
            while let Ok(received) = timeout(REPEAT_AFTER, self.socket.recv_from(&mut buffer)).await {
                let (len, _) = received?;
                let answer = String::from_utf8(buffer[..len].to_vec())?;
                if is_final(&answer) {
                    return Ok(answer);
                }
            }
        }
        bail!("the call is not answered")
    }

    /// What answers a challenge by SHA-256 with the password `secret` (RFC 7616 section 3.4).
    fn proof(&self, nonce: &str, count: &str) -> String {
        let uri = format!("sip:{NUMBER}@{}", self.offhook);
        let who = sha256(&format!("ana:{REALM}:secret"));
        let what = sha256(&format!("INVITE:{uri}"));
        let response = sha256(&format!("{who}:{nonce}:{count}:0a4f113b:auth:{what}"));
        format!(
            "Digest username=\"ana\", realm=\"{REALM}\", nonce=\"{nonce}\", uri=\"{uri}\", \
             response=\"{response}\", algorithm=SHA-256, qop=auth, nc={count}, cnonce=\"0a4f113b\""
        )
    }
}

/// In hexadecimal.
fn sha256(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The nonce of the challenge by SHA-256.
fn nonce(answer: &str) -> Result<String> {
    let is_challenge = |line: &&str| line.starts_with("WWW-Authenticate:") && line.contains("SHA-256");
    let challenge = answer.lines().find(is_challenge);
    let nonce = challenge.and_then(|line| line.split("nonce=\"").nth(1)?.split('"').next());
    match nonce {
        Some(nonce) => Ok(nonce.to_owned()),
        None => bail!("it is no challenge by SHA-256:\n{answer}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_knows_the_password_calls_from_anywhere() -> Result<()> {
    let proving = Proving::start("proved").await?;
    let border = Border::before(proving.offhook.sip).await?;
    proving.call("proves", &border, "secret")?.succeeds().await?;
    let contact = proving
        .tenant
        .until_contact("it is over", |contact| contact["state"] == "completed")
        .await?;
    assert_eq!(
        contact["disconnect_reason"]["code"], "customer_hung_up",
        "{contact:#}"
    );
    assert_eq!(contact["to"], NUMBER, "{contact:#}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_with_the_wrong_password_is_refused() -> Result<()> {
    let proving = Proving::start("unproved").await?;
    let border = Border::before(proving.offhook.sip).await?;
    proving
        .call("proves_wrongly", &border, "guess")?
        .succeeds()
        .await?;
    let contacts = proving.tenant.get("contacts").await?;
    assert_eq!(contacts["items"], json!([]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_counts_once() -> Result<()> {
    let proving = Proving::start("replayed").await?;
    let mut carrier = Carrier::towards(proving.offhook.sip).await?;
    let nonce = nonce(&carrier.invite(None).await?)?;
    for (count, status, is_stale) in [
        ("00000001", "SIP/2.0 200 ", false),
        ("00000001", "SIP/2.0 401 ", true),
        ("00000002", "SIP/2.0 200 ", false),
        ("00000001", "SIP/2.0 401 ", true),
    ] {
        let proof = carrier.proof(&nonce, count);
        let answer = carrier.invite(Some(&proof)).await?;
        assert!(answer.starts_with(status), "{count}:\n{answer}");
        assert_eq!(answer.contains("stale=true"), is_stale, "{count}:\n{answer}");
    }
    let contacts = proving.tenant.get("contacts").await?;
    assert_eq!(
        contacts["items"].as_array().map(Vec::len),
        Some(2),
        "{contacts:#}"
    );
    Ok(())
}
