//! The HTTP server: how long a client may take, and how many of them there may be.
//!
//! Whoever is silent, slow or idle is let go after a while, and whoever is idle makes room for who comes new: open
//! connections never take the descriptors that calls need.

mod connections;
mod held;
mod limits;
mod proxies;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::tls::TlsDoor;

pub(crate) use connections::{Connections, Slot};
pub(crate) use proxies::{AddressHeader, TrustedProxies};

use held::{AnswerBody, Held};
use limits::{ACCEPT_PAUSE, HANDSHAKE_MAX, HEAD_BYTES_MAX, HEAD_MAX, PROXY_HEAD_MAX, SEND_MAX};

/// True once connections are to answer what they have begun and then end.
type EndBegun = watch::Receiver<bool>;

/// How long clients may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// A connection on which no whole request head comes in for so long is closed: silent, slow or idle.
    pub(crate) head: Duration,
    /// The same for connections of trusted proxies, who keep theirs for the next client.
    pub(crate) proxy_head: Duration,
    /// A client that takes longer than this to agree on keys is not served.
    pub(crate) handshake: Duration,
    /// A client that takes nothing of what it was sent for so long is gone.
    pub(crate) send: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: HEAD_MAX,
            proxy_head: PROXY_HEAD_MAX,
            handshake: HANDSHAKE_MAX,
            send: SEND_MAX,
        }
    }
}

/// Accepts connections and serves an application on them. Clones share everything.
#[derive(Clone)]
pub(crate) struct HttpServer {
    pub(crate) app: Router,
    pub(crate) connections: Arc<Connections>,
    pub(crate) proxies: Arc<TrustedProxies>,
    pub(crate) patience: Patience,
    /// None serves plain HTTP.
    pub(crate) tls: Option<TlsDoor>,
}

impl HttpServer {
    /// Serves until `end` resolves and then until the requests under way are answered.
    pub(crate) async fn serve(self, listener: TcpListener, end: impl Future<Output = ()>) {
        let (begin_end, end_begun) = watch::channel(false);
        let mut end = pin!(end);
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.admit(stream, peer, end_begun.clone()),
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                () = &mut end => break,
            }
        }
        drop((listener, end_begun));
        begin_end.send_replace(true);
        // Each connection holds a receiver.
        begin_end.closed().await;
    }

    /// Serves a connection, or closes it at once when there are too many.
    fn admit(&self, stream: TcpStream, peer: SocketAddr, end: EndBegun) {
        // Behind a proxy are many clients; the proxy itself is to bound what one of them opens.
        let is_proxy = self.proxies.trust(peer.ip());
        let counted = (!is_proxy && !peer.ip().to_canonical().is_loopback()).then(|| peer.ip());
        let Some(slot) = self.connections.admit(counted) else {
            tracing::debug!("a connection was refused: there are too many");
            return;
        };
        let server = self.clone();
        tokio::spawn(async move {
            let closed = slot.closed();
            tokio::select! {
                () = server.greet(stream, peer, slot, end) => {}
                () = closed => {}
            }
        });
    }

    async fn greet(&self, stream: TcpStream, peer: SocketAddr, slot: Arc<Slot>, end: EndBegun) {
        // Live updates are small and must not wait for one another. A connection that fails is noticed when it is used.
        drop(stream.set_nodelay(true));
        drop(SockRef::from(&stream).set_tcp_user_timeout(Some(self.patience.send)));
        let Some(tls) = &self.tls else {
            return self.serve_connection(stream, peer, slot, end).await;
        };
        let greeted = tokio::time::timeout(self.patience.handshake, tls.greet(stream)).await;
        if let Ok(Ok(Some(stream))) = greeted {
            self.serve_connection(stream, peer, slot, end).await;
        }
    }

    async fn serve_connection<S>(&self, stream: S, peer: SocketAddr, slot: Arc<Slot>, mut end: EndBegun)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let is_proxy = self.proxies.trust(peer.ip());
        let head = if is_proxy {
            self.patience.proxy_head
        } else {
            self.patience.head
        };
        let io = TokioIo::new(Held::new(stream, Arc::clone(&slot)));
        let service = service_fn(|request| self.clone().answer(request, peer, Arc::clone(&slot)));
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_buf_size(HEAD_BYTES_MAX);
        let mut connection = pin!(builder.serve_connection(io, service).with_upgrades());
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = begun(&mut end) => None,
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::trace!(%error, "a connection ended");
        }
    }

    async fn answer(
        self,
        mut request: Request<Incoming>,
        peer: SocketAddr,
        slot: Arc<Slot>,
    ) -> Result<Response<AnswerBody>, Infallible> {
        let busy = slot.busy();
        let client = self.proxies.client(peer.ip(), request.headers());
        let client = SocketAddr::new(client, peer.port());
        request.extensions_mut().insert(ConnectInfo(client));
        let response = self.app.oneshot(request.map(Body::new)).await?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            // From now on the socket's own rules hold; it is nobody's idle connection.
            busy.for_ever();
            return Ok(response.map(|body| AnswerBody::new(body, None)));
        }
        Ok(response.map(|body| AnswerBody::new(body, Some(busy))))
    }
}

async fn begun(end: &mut EndBegun) {
    drop(end.wait_for(|is_begun| *is_begun).await);
}

#[cfg(test)]
mod tests;
