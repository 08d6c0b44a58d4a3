//! INVITEs from a trunk's address whose answers are never acknowledged.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout};

use super::caller::{Call, header};

/// Within the addresses of the lab trunk.
const SOURCE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 7);
/// So many INVITEs are under way before the first of them is answered or given up: fewer than fill a socket's buffer.
const WINDOW: usize = 64;
/// After so long without a word the server has dropped what is under way, and the next ones follow.
const SILENCE_MAX: Duration = Duration::from_millis(20);
/// An answer that is not acknowledged is repeated for 32 s (RFC 3261, 13.3.1.4), then the call ends.
const HANG_UP_MAX: Duration = Duration::from_secs(75);
const DATAGRAM_BYTES_MAX: usize = 4_096;

/// A carrier that goes on calling whatever it is told.
pub(crate) struct Flood {
    socket: UdpSocket,
    to: SocketAddr,
    number: String,
    /// The calls that were answered; an answer comes again and again.
    answered: BTreeSet<String>,
    /// Those that the server has ended.
    hung_up: BTreeSet<String>,
    heard: Vec<u8>,
}

impl Flood {
    pub(crate) async fn start(to: SocketAddr, number: &str) -> Result<Self> {
        Ok(Self {
            socket: UdpSocket::bind((SOURCE, 0)).await?,
            to,
            number: number.to_owned(),
            answered: BTreeSet::new(),
            hung_up: BTreeSet::new(),
            heard: vec![0; DATAGRAM_BYTES_MAX],
        })
    }

    /// Sends so many INVITEs, as quickly as the server takes them.
    pub(crate) async fn send(&mut self, count: usize) -> Result<()> {
        let from = self.socket.local_addr()?;
        let mut under_way: usize = 0;
        for number in 0..count {
            let call = Call {
                from,
                to: self.to,
                number: self.number.clone(),
                id: format!("flood-{number}"),
            };
            self.socket.send_to(call.invite().as_bytes(), self.to).await?;
            under_way += 1;
            while under_way >= WINDOW {
                let is_silent = timeout(SILENCE_MAX, self.listen()).await.is_err();
                under_way = if is_silent { 0 } else { under_way - 1 };
            }
        }
        Ok(())
    }

    /// Waits until the server has hung up every call that it answered; tells how many those were.
    pub(crate) async fn until_hung_up(&mut self) -> Result<usize> {
        let end = Instant::now() + HANG_UP_MAX;
        while self.hung_up.len() < self.answered.len() {
            ensure!(
                Instant::now() < end,
                "only {} of {} calls are over that nobody acknowledged",
                self.hung_up.len(),
                self.answered.len()
            );
            // Without anything to hear it is time to look at the clock.
            if let Ok(heard) = timeout(Duration::from_secs(1), self.listen()).await {
                heard?;
            }
        }
        Ok(self.answered.len())
    }

    /// Takes one message in. It answers a BYE, for a server would wait 32 s more for that.
    async fn listen(&mut self) -> Result<()> {
        let (len, source) = self.socket.recv_from(&mut self.heard).await?;
        let message = String::from_utf8_lossy(&self.heard[..len]);
        let Some(call) = header(&message, "Call-ID").filter(|_| source == self.to) else {
            return Ok(());
        };
        if message.starts_with("SIP/2.0 200 ") {
            self.answered.insert(call.to_owned());
        } else if message.starts_with("BYE ") {
            self.hung_up.insert(call.to_owned());
            self.socket
                .send_to(answered(&message).as_bytes(), self.to)
                .await?;
        }
        Ok(())
    }
}

/// The answer to a request: what identifies it goes back as it came.
fn answered(request: &str) -> String {
    let kept = request.lines().skip(1).filter(|line| {
        ["Via:", "From:", "To:", "Call-ID:", "CSeq:"]
            .iter()
            .any(|name| line.starts_with(name))
    });
    let kept: String = kept.map(|line| format!("{line}\r\n")).collect();
    format!("SIP/2.0 200 OK\r\n{kept}Content-Length: 0\r\n\r\n")
}
