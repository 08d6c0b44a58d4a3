//! https with a certificate that Offhook makes for itself: browsers warn of it once, and then lend their microphone.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::server::TlsStream;

const CERTIFICATE_FILE: &str = "tls-certificate.der";
const KEY_FILE: &str = "tls-key.der";

/// The names that the certificate is for, one a line.
const NAMES_FILE: &str = "tls-names";

/// The first byte of a TLS record that begins a handshake (RFC 8446 section 5.1).
const HANDSHAKE_RECORD: u8 = 22;

/// Agrees on keys with clients. Who speaks plain HTTP is sent to https.
#[derive(Clone)]
pub(crate) struct TlsDoor {
    acceptor: TlsAcceptor,
    base_url: Arc<str>,
}

impl TlsDoor {
    /// Works with the certificate of the data folder, which is made when it is not there or not for these names:
    /// the host of `base_url`, where plain HTTP is sent, and `addresses`.
    pub(crate) fn open(data_dir: &Path, base_url: &str, addresses: &[IpAddr]) -> Result<Self> {
        let config = server_config(data_dir, &names(base_url, addresses))?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            base_url: base_url.into(),
        })
    }

    /// Agrees on keys; none for a client that was sent elsewhere.
    ///
    /// # Errors
    /// When the client fails to, or goes away. The caller bounds the time.
    pub(crate) async fn greet(&self, mut stream: TcpStream) -> io::Result<Option<TlsStream<TcpStream>>> {
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

/// The names of a certificate.
fn names(base_url: &str, addresses: &[IpAddr]) -> BTreeSet<String> {
    let own = [
        host(base_url).to_owned(),
        "localhost".to_owned(),
        Ipv4Addr::LOCALHOST.to_string(),
    ];
    own.into_iter()
        .chain(addresses.iter().map(IpAddr::to_string))
        .collect()
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

fn server_config(data_dir: &Path, names: &BTreeSet<String>) -> Result<ServerConfig> {
    let path = |file: &str| data_dir.join(file);
    let (certificate_path, key_path, names_path) = (path(CERTIFICATE_FILE), path(KEY_FILE), path(NAMES_FILE));
    let wanted: String = names.iter().map(|name| format!("{name}\n")).collect();
    let is_there = certificate_path.exists() && key_path.exists();
    if !is_there || fs::read_to_string(&names_path).ok().as_ref() != Some(&wanted) {
        let made = rcgen::generate_simple_self_signed(names.iter().cloned().collect::<Vec<_>>())?;
        // The names last: a crash in between has all of it made again.
        write_private(&key_path, &made.signing_key.serialize_der())?;
        write_private(&certificate_path, made.cert.der())?;
        write_private(&names_path, wanted.as_bytes())?;
        if is_there {
            tracing::info!(
                names = ?names,
                "a new certificate was made for other names: browsers warn of it once more"
            );
        }
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
    use std::path::PathBuf;

    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;
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

    /// An empty folder, taken away when it is dropped.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("offhook_tls_{name}_{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn certificate(&self) -> Vec<u8> {
            fs::read(self.0.join(CERTIFICATE_FILE)).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn a_certificate_is_kept_for_its_names_and_made_anew_for_others() {
        let folder = Folder::new("names");
        let made = |url: &str, addresses: &[&str]| {
            let addresses: Vec<_> = addresses.iter().map(|text| text.parse().unwrap()).collect();
            drop(TlsDoor::open(&folder.0, url, &addresses).unwrap());
            folder.certificate()
        };
        let first = made("https://calls.example:8443", &[]);
        assert_eq!(
            made("https://calls.example:9443", &[]),
            first,
            "only the port changed"
        );
        let second = made("https://calls.example:8443", &["192.0.2.5"]);
        assert_ne!(second, first);
        let third = made("https://phone.example:8443", &["192.0.2.5"]);
        assert_ne!(third, second);
        assert_eq!(made("https://phone.example:8443", &["192.0.2.5"]), third);
    }

    #[tokio::test]
    async fn https_is_answered_and_plain_http_is_sent_there() {
        let folder = Folder::new("greet");
        let door = TlsDoor::open(&folder.0, "https://calls.example:8443", &[]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();

        let mut plain = TcpStream::connect(address).await.unwrap();
        plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        assert!(door.greet(accepted).await.unwrap().is_none());
        let mut answer = String::new();
        // What was not read of the request may end in a reset after the answer.
        drop(plain.read_to_string(&mut answer).await);
        assert!(
            answer.contains("\r\nLocation: https://calls.example:8443/\r\n"),
            "{answer}"
        );

        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(folder.certificate())).unwrap();
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = TlsConnector::from(Arc::new(client));
        let stream = TcpStream::connect(address).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        let connecting = connector.connect("calls.example".try_into().unwrap(), stream);
        let (connected, greeted) = tokio::join!(connecting, door.greet(accepted));
        assert!(connected.is_ok() && greeted.unwrap().is_some());
    }
}
