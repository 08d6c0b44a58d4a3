//! Connections that begin a message and never end it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// Fewer than a server takes from one address, so that all of them are taken.
const PER_SOURCE: usize = 100;
/// Longer than a server waits for the rest of a message, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const HALF: &[u8] = b"INVITE sip:+12125550100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;bran";

/// Connections that wait for nothing.
pub(crate) struct HalfMessages(Vec<TcpStream>);

impl HalfMessages {
    /// Opens so many, from as many addresses as it takes, and brings half a message on each.
    pub(crate) async fn open(to: SocketAddr, count: usize) -> Result<Self> {
        let mut connections = Vec::with_capacity(count);
        for number in 0..count {
            let [.., source] = (number / PER_SOURCE).to_be_bytes();
            let socket = TcpSocket::new_v4()?;
            socket.bind((Ipv4Addr::new(127, 0, 1, source), 0).into())?;
            let mut connection = socket.connect(to).await?;
            connection.write_all(HALF).await?;
            connections.push(connection);
        }
        Ok(Self(connections))
    }

    /// Waits until the server has closed all of them.
    pub(crate) async fn until_closed(self) -> Result<()> {
        let closed = self.0.into_iter().map(|mut connection| async move {
            let mut told = Vec::new();
            // A connection that is cut off is closed too.
            match connection.read_to_end(&mut told).await {
                Ok(_) | Err(_) => Ok::<_, anyhow::Error>(()),
            }
        });
        timeout(PATIENCE, try_join_all(closed))
            .await
            .context("connections with half a message stay open")??;
        Ok(())
    }
}
