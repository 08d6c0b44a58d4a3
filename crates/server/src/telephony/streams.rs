//! Connections of SIP over TCP: one task each, which waits when its peer or the telephony task is slow.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use sip::{Destination, StreamId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::deafness::is_passing;
use super::limits::{
    CONNECT_MAX, READ_BYTES_MAX, READS_WAITING_MAX, SOCKET_RETRIED_EVERY, WRITE_MAX, WRITES_WAITING_MAX,
};
use super::sockets::TCP;

/// Something that happened to connections.
pub(super) enum StreamEvent {
    Bytes(StreamId, Bytes),
    Closed(StreamId),
    ConnectFailed(Destination),
    /// No connection will ever be accepted again.
    ListenerBroken(io::Error),
    Opened(TcpStream, Destination),
}

/// All connections.
pub(super) struct Streams {
    events: mpsc::Sender<StreamEvent>,
    last_id: u64,
    writers: BTreeMap<StreamId, mpsc::Sender<Bytes>>,
}

impl Streams {
    /// Starts without connections; with a listener it accepts some.
    pub(super) fn start(listener: Option<TcpListener>) -> (Self, mpsc::Receiver<StreamEvent>) {
        let (events, received) = mpsc::channel(READS_WAITING_MAX);
        if let Some(listener) = listener {
            tokio::spawn(accept(listener, events.clone()));
        }
        let streams = Self {
            events,
            last_id: 0,
            writers: BTreeMap::new(),
        };
        (streams, received)
    }

    /// Takes a connection over and names it.
    pub(super) fn adopt(&mut self, stream: TcpStream) -> StreamId {
        self.last_id += 1;
        let id = StreamId(self.last_id);
        let (writer, writes) = mpsc::channel(WRITES_WAITING_MAX);
        self.writers.insert(id, writer);
        tokio::spawn(serve(id, stream, writes, self.events.clone()));
        id
    }

    /// Opens a connection in the background.
    pub(super) fn connect(&self, destination: Destination) {
        let events = self.events.clone();
        tokio::spawn(async move {
            let event = match timeout(CONNECT_MAX, TcpStream::connect(destination.address)).await {
                Ok(Ok(stream)) => StreamEvent::Opened(stream, destination),
                Ok(Err(_)) | Err(_) => StreamEvent::ConnectFailed(destination),
            };
            // Without the telephony task nobody waits for it.
            let _ = events.send(event).await;
        });
    }

    /// Writes to a connection; false when its peer does not read, or it is gone.
    pub(super) fn write(&self, id: StreamId, bytes: Bytes) -> bool {
        self.writers
            .get(&id)
            .is_some_and(|writer| writer.try_send(bytes).is_ok())
    }

    /// Closes a connection after what waits was written.
    pub(super) fn close(&mut self, id: StreamId) {
        self.writers.remove(&id);
    }
}

async fn accept(listener: TcpListener, events: mpsc::Sender<StreamEvent>) {
    loop {
        let event = match listener.accept().await {
            Ok((stream, peer)) => StreamEvent::Opened(stream, accepted_from(peer)),
            Err(error) if !is_passing(&error) => {
                let _ = events.send(StreamEvent::ListenerBroken(error)).await;
                return;
            }
            Err(error) => {
                // Too many open files, as a rule: the next one may be accepted once others are closed.
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a connection was not accepted"
                );
                sleep(SOCKET_RETRIED_EVERY).await;
                continue;
            }
        };
        if events.send(event).await.is_err() {
            return;
        }
    }
}

fn accepted_from(peer: SocketAddr) -> Destination {
    Destination {
        address: peer,
        transport: TCP,
    }
}

/// Carries one connection until either side closes it.
async fn serve(
    id: StreamId,
    stream: TcpStream,
    mut writes: mpsc::Receiver<Bytes>,
    events: mpsc::Sender<StreamEvent>,
) {
    // Signalling is small messages that must not wait for one another.
    let _ = stream.set_nodelay(true);
    let (mut reader, mut writer) = stream.into_split();
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(READ_BYTES_MAX);
        tokio::select! {
            read = reader.read_buf(&mut buffer) => {
                let is_open = matches!(read, Ok(len) if len > 0);
                if !is_open || events.send(StreamEvent::Bytes(id, buffer.split().freeze())).await.is_err() {
                    break;
                }
            }
            bytes = writes.recv() => {
                let Some(bytes) = bytes else { break };
                if !matches!(timeout(WRITE_MAX, writer.write_all(&bytes)).await, Ok(Ok(()))) {
                    break;
                }
            }
        }
    }
    let _ = writer.shutdown().await;
    let _ = events.send(StreamEvent::Closed(id)).await;
}

#[cfg(test)]
mod tests {
    use std::net::Shutdown;

    use socket2::SockRef;

    use super::*;

    #[tokio::test]
    async fn a_listener_that_dies_is_told_of_after_the_connections_it_took() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let same = SockRef::from(&listener).try_clone().unwrap();
        let (_streams, mut events) = Streams::start(Some(listener));
        let _caller = TcpStream::connect(address).await.unwrap();
        assert!(matches!(events.recv().await, Some(StreamEvent::Opened(..))));
        same.shutdown(Shutdown::Both).unwrap();
        assert!(matches!(
            events.recv().await,
            Some(StreamEvent::ListenerBroken(_))
        ));
    }
}
