//! https with a certificate that Offhook makes for itself: browsers warn of it once, and then lend their microphone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::serve::Listener;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::server::TlsStream;

const CERTIFICATE_FILE: &str = "tls-certificate.der";
const KEY_FILE: &str = "tls-key.der";

/// A client that takes longer than this to agree on keys is not served.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// So many clients may be agreeing on keys at the same time; further ones wait to be accepted.
const HANDSHAKES_MAX: usize = 256;

/// After a failure to accept (no file handle is left) it is tried again after so long.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The first byte of a TLS record that begins a handshake (RFC 8446 section 5.1).
const HANDSHAKE_RECORD: u8 = 22;

/// Accepts connections and agrees on keys with each, without one holding another up. Who speaks plain HTTP is sent to
/// https.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl TlsListener {
    /// Begins to accept under the certificate of the data folder, which the first start makes. `base_url` is where
    /// plain HTTP is sent.
    pub(crate) fn start(listener: TcpListener, data_dir: &Path, base_url: &str) -> Result<Self> {
        let acceptor = TlsAcceptor::from(Arc::new(server_config(data_dir, host(base_url))?));
        let address = listener.local_addr()?;
        let (handshaken, ready) = mpsc::channel(HANDSHAKES_MAX);
        let door = Door {
            acceptor,
            base_url: base_url.into(),
            handshaken,
        };
        let accepting = tokio::spawn(accept(listener, door));
        Ok(Self {
            ready,
            address,
            accepting,
        })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task ends only with this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[derive(Clone)]
struct Door {
    acceptor: TlsAcceptor,
    base_url: Arc<str>,
    handshaken: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
}

async fn accept(listener: TcpListener, door: Door) {
    let admitted = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let Ok(permit) = Arc::clone(&admitted).acquire_owned().await else {
            return;
        };
        let Ok((stream, address)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let door = door.clone();
        tokio::spawn(async move {
            let greeted = tokio::time::timeout(HANDSHAKE_TIMEOUT, door.greet(stream)).await;
            drop(permit);
            if let Ok(Ok(Some(stream))) = greeted {
                // Without a receiver the server is about to end.
                drop(door.handshaken.send((stream, address)).await);
            }
        });
    }
}

impl Door {
    async fn greet(&self, mut stream: TcpStream) -> io::Result<Option<TlsStream<TcpStream>>> {
        stream.set_nodelay(true)?;
        let mut first = [0];
        if stream.peek(&mut first).await? == 1 && first[0] != HANDSHAKE_RECORD {
            let redirect = format!(
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: {}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                self.base_url
            );
            stream.write_all(redirect.as_bytes()).await?;
            stream.shutdown().await?;
            return Ok(None);
        }
        self.acceptor.accept(stream).await.map(Some)
    }
}

/// The host of a URL, without scheme, port and path.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    if let Some(bracketed) = authority.strip_prefix('[') {
        return bracketed.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

fn server_config(data_dir: &Path, host: &str) -> Result<ServerConfig> {
    let (certificate_path, key_path) = (data_dir.join(CERTIFICATE_FILE), data_dir.join(KEY_FILE));
    if !certificate_path.exists() || !key_path.exists() {
        let names = [
            host.to_owned(),
            "localhost".to_owned(),
            Ipv4Addr::LOCALHOST.to_string(),
        ];
        let made = rcgen::generate_simple_self_signed(names.to_vec())?;
        write_private(&key_path, &made.signing_key.serialize_der())?;
        write_private(&certificate_path, made.cert.der())?;
    }
    let read = |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let certificate = CertificateDer::from(read(&certificate_path)?);
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(read(&key_path)?));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .with_context(|| {
            format!(
                "the certificate is damaged: remove {} and a new one is made",
                certificate_path.display()
            )
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    let written = file.and_then(|mut file| file.write_all(bytes));
    written.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    use super::*;

    #[test]
    fn the_host_of_a_url_is_found() {
        for (url, expected) in [
            ("https://calls.example", "calls.example"),
            ("https://calls.example:8443/", "calls.example"),
            ("https://[::1]:8443", "::1"),
            ("https://192.168.1.5:8080/x", "192.168.1.5"),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }

    #[tokio::test]
    async fn https_is_answered_plain_http_is_sent_there_and_silence_holds_nobody_up() {
        let dir = std::env::temp_dir().join(format!("offhook_tls_test_{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut listener = TlsListener::start(listener, &dir, "https://calls.example:8443").unwrap();
        let _silent = TcpStream::connect(address).await.unwrap();

        let mut plain = TcpStream::connect(address).await.unwrap();
        plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        plain.read_to_string(&mut answer).await.unwrap();
        assert!(
            answer.contains("\r\nLocation: https://calls.example:8443/\r\n"),
            "{answer}"
        );

        let mut roots = RootCertStore::empty();
        let certificate = fs::read(dir.join(CERTIFICATE_FILE)).unwrap();
        roots.add(CertificateDer::from(certificate)).unwrap();
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = TlsConnector::from(Arc::new(client));
        let stream = TcpStream::connect(address).await.unwrap();
        let connecting = connector.connect("calls.example".try_into().unwrap(), stream);
        let (connected, (_server, peer)) = tokio::join!(connecting, listener.accept());
        assert_eq!(connected.unwrap().get_ref().0.local_addr().unwrap(), peer);
        fs::remove_dir_all(&dir).unwrap();
    }
}
