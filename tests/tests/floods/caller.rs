//! SIP as plain text over UDP, for callers who do not behave as SIPp does.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::net::UdpSocket;
use tokio::time::{interval, timeout};

/// A carrier of its own, so that the limits of one source are not those of another.
const HONEST: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);
/// How long to wait for an answer before saying the same again (RFC 3261, 17.1.1.2 begins with 500 ms).
const REPEAT_AFTER: Duration = Duration::from_secs(1);
const REPEATS_MAX: usize = 30;
/// A carrier tries a call again that met with 503.
const TRIED_EVERY: Duration = Duration::from_secs(1);
const TRIES_MAX: usize = 20;
const DATAGRAM_BYTES_MAX: usize = 4_096;

/// One side of a call.
pub(crate) struct Call {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) number: String,
    pub(crate) id: String,
}

impl Call {
    /// A request of the call, in a dialog if the other side's tag is known.
    pub(crate) fn request(&self, method: &str, sequence: u32, to_tag: Option<&str>, body: &str) -> String {
        let Self { from, to, number, id } = self;
        let to_tag = to_tag.map_or_else(String::new, |tag| format!(";tag={tag}"));
        let content_type = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        format!(
            "{method} sip:{number}@{to} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {from};branch=z9hG4bK-{id}-{sequence}-{method}\r\n\
             From: <sip:+15551230000@{from}>;tag={id}\r\n\
             To: <sip:{number}@{to}>{to_tag}\r\n\
             Call-ID: {id}\r\n\
             CSeq: {sequence} {method}\r\n\
             Contact: <sip:+15551230000@{from}>\r\n\
             Max-Forwards: 70\r\n\
             {content_type}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// An INVITE that offers audio at this call's own address.
    pub(crate) fn invite(&self) -> String {
        let (ip, port) = (self.from.ip(), self.from.port());
        let body = format!(
            "v=0\r\no=carrier 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        );
        self.request("INVITE", 1, None, &body)
    }
}

/// Makes a call, again while there is no room for it, hears that it is answered, and hangs up.
pub(crate) async fn call(to: SocketAddr, number: &str) -> Result<()> {
    let mut tries = interval(TRIED_EVERY);
    for _ in 0..TRIES_MAX {
        tries.tick().await;
        if is_answered(to, number).await? {
            return Ok(());
        }
    }
    bail!("there is no room for a call after {TRIES_MAX} tries")
}

async fn is_answered(to: SocketAddr, number: &str) -> Result<bool> {
    let socket = UdpSocket::bind((HONEST, 0)).await?;
    let from = socket.local_addr()?;
    let call = Call {
        from,
        to,
        number: number.to_owned(),
        id: format!("honest-{}-{}", from.port(), number.trim_start_matches('+')),
    };
    let answer = ask(&socket, to, &call.invite(), "1 INVITE").await?;
    if answer.starts_with("SIP/2.0 503 ") {
        return Ok(false);
    }
    ensure!(
        answer.starts_with("SIP/2.0 200 "),
        "the call is refused: {answer}"
    );
    let tag = header(&answer, "To")
        .and_then(|to| to.split(";tag=").nth(1))
        .context("an answer has a tag")?;
    let acknowledgement = call.request("ACK", 1, Some(tag), "");
    socket.send_to(acknowledgement.as_bytes(), to).await?;
    let goodbye = call.request("BYE", 2, Some(tag), "");
    let answer = ask(&socket, to, &goodbye, "2 BYE").await?;
    ensure!(
        answer.starts_with("SIP/2.0 200 "),
        "the call does not end: {answer}"
    );
    Ok(true)
}

/// The value of a header.
pub(crate) fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = message.lines();
    lines.find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Says something, again if need be, until there is a final answer to it.
async fn ask(socket: &UdpSocket, to: SocketAddr, request: &str, sequence: &str) -> Result<String> {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    for _ in 0..REPEATS_MAX {
        socket.send_to(request.as_bytes(), to).await?;
        while let Ok(received) = timeout(REPEAT_AFTER, socket.recv_from(&mut buffer)).await {
            let (len, source) = received?;
            // Audio comes to the same socket from another port.
            let message = String::from_utf8_lossy(&buffer[..len]).into_owned();
            let is_final = source == to
                && message.starts_with("SIP/2.0 ")
                && !message.starts_with("SIP/2.0 1")
                && header(&message, "CSeq") == Some(sequence);
            if is_final {
                return Ok(message);
            }
        }
    }
    bail!("there is no answer to {sequence} after {REPEATS_MAX} times")
}
