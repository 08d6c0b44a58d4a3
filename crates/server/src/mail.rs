//! Mail by a tenant's SMTP server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use api::backend::{Mail, MailError};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use store::{MailSecurity, MailSettings};
use tokio::net::lookup_host;
use tokio::time::timeout;

const TIMEOUT: Duration = Duration::from_secs(15);

/// Which mail servers tenants may name: whoever signs up names one, and hears what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailServers {
    /// Those of this machine and of private networks, too.
    Any,
    /// Those that the whole internet reaches.
    Public,
}

/// Sends one mail and waits for the server's answer.
pub(crate) async fn send(settings: MailSettings, mail: Mail, allowed: MailServers) -> Result<(), MailError> {
    let refused = |answer: String| MailError::Refused { answer };
    let message = compose(&settings, mail).map_err(refused)?;
    let address = find(&settings, allowed).await.map_err(refused)?;
    let transport = connect(settings, address).map_err(|error| refused(error.to_string()))?;
    let sent = transport.send(message).await;
    sent.map(drop).map_err(|error| refused(error.to_string()))
}

fn compose(settings: &MailSettings, mail: Mail) -> Result<Message, String> {
    let from = settings
        .from_address
        .parse()
        .map_err(|_| "the sender's address is not a mail address")?;
    let to = mail
        .to
        .parse()
        .map_err(|_| "the recipient's address is not a mail address")?;
    let builder = Message::builder().from(from).to(to).subject(mail.subject);
    builder.body(mail.text).map_err(|error| error.to_string())
}

/// Finds an address of the mail server that is allowed. It is looked up once: a second look may find another one.
async fn find(settings: &MailSettings, allowed: MailServers) -> Result<IpAddr, String> {
    let found = timeout(TIMEOUT, lookup_host((&*settings.host, settings.port))).await;
    let found = found.map_err(|_| "the name of the mail server was not found in time")?;
    let found = found.map_err(|error| format!("the mail server was not found: {error}"))?;
    let mut addresses = found.map(|address| address.ip().to_canonical());
    let is_allowed = |address: &IpAddr| allowed == MailServers::Any || is_public(*address);
    addresses.find(is_allowed).ok_or_else(|| {
        "the mail server is on a private network: name one that the internet reaches, or have the operator start \
         Offhook with --private-mail-servers"
            .to_owned()
    })
}

fn connect(
    settings: MailSettings,
    address: IpAddr,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, lettre::transport::smtp::Error> {
    let parameters = || TlsParameters::new(settings.host.clone());
    let tls = match settings.security {
        MailSecurity::None => Tls::None,
        MailSecurity::StartTls => Tls::Required(parameters()?),
        MailSecurity::Tls => Tls::Wrapper(parameters()?),
    };
    let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.to_string())
        .port(settings.port)
        .tls(tls)
        .timeout(Some(TIMEOUT));
    let credentials = settings.username.zip(settings.password);
    Ok(match credentials {
        Some((username, password)) => builder
            .credentials(Credentials::new(username, password.expose().to_owned()))
            .build(),
        None => builder.build(),
    })
}

/// Whether an address is one of the internet's (IANA special-purpose address registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_shared = first == 100 && second & 0b1100_0000 == 64;
    let is_benchmark = first == 198 && second & 0b1111_1110 == 18;
    let is_protocol = (first, second, third) == (192, 0, 0);
    !(first == 0
        || first >= 240
        || is_shared
        || is_benchmark
        || is_protocol
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

/// Global unicast (2000::/3) without documentation, and without what leads to IPv4 by a translator or a tunnel.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0xdb8 | 0, ..] | [0x2002, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests;
