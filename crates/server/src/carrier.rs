//! Where a carrier takes calls and registrations: `host` or `host:port`, with `;transport=tcp` if it wants TCP.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use sip::{Host, Uri};

/// RFC 3261 section 19.1.2.
const SIP_PORT: u16 = 5060;

/// A caller does not wait longer for a silent DNS.
const RESOLVED_WITHIN: Duration = Duration::from_secs(5);

/// Where a carrier takes calls.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CarrierAddress {
    pub(crate) host: Host,
    pub(crate) port: Option<u16>,
    pub(crate) is_tcp: bool,
}

/// The text names no place that takes SIP over UDP or TCP.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "write it as sip.carrier.example, with :5070 for another port than 5060, with ;transport=tcp for TCP"
)]
pub(crate) struct ParseCarrierAddressError;

impl CarrierAddress {
    /// The URI of a number there.
    pub(crate) fn uri_of(&self, number: &str) -> Uri {
        let uri = Uri::sip(Some(number), self.host.clone());
        let uri = match self.port {
            Some(port) => uri.with_port(port),
            None => uri,
        };
        let uri = match self.is_tcp {
            true => uri.with_param("transport", Some("tcp")),
            false => uri,
        };
        uri.with_param("user", Some("phone"))
    }

    /// Looks for it in the DNS, unless it is an address already; none where that knows nothing or does not answer.
    pub(crate) async fn resolve(&self) -> Option<SocketAddr> {
        let port = self.port.unwrap_or(SIP_PORT);
        if let Some(ip) = self.host.ip() {
            return Some(SocketAddr::new(ip, port));
        }
        let found = tokio::net::lookup_host((self.host.to_string(), port));
        let found = tokio::time::timeout(RESOLVED_WITHIN, found).await;
        found.ok()?.ok()?.next()
    }
}

impl From<SocketAddr> for CarrierAddress {
    fn from(address: SocketAddr) -> Self {
        Self {
            host: address.ip().into(),
            port: Some(address.port()),
            is_tcp: false,
        }
    }
}

impl FromStr for CarrierAddress {
    type Err = ParseCarrierAddressError;

    fn from_str(text: &str) -> Result<Self, ParseCarrierAddressError> {
        let uri: Uri = format!("sip:{text}")
            .parse()
            .map_err(|_| ParseCarrierAddressError)?;
        let is_tcp = match uri.param("transport").map(str::to_ascii_lowercase).as_deref() {
            None | Some("udp") => false,
            Some("tcp") => true,
            Some(_) => return Err(ParseCarrierAddressError),
        };
        let host = uri.host().filter(|_| uri.user().is_none());
        Ok(Self {
            host: host.ok_or(ParseCarrierAddressError)?.clone(),
            port: uri.port(),
            is_tcp,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_with_or_without_port_and_transport() {
        for (text, uri) in [
            ("sip.carrier.example", "sip:112@sip.carrier.example;user=phone"),
            ("192.0.2.1:5070", "sip:112@192.0.2.1:5070;user=phone"),
            ("[2001:db8::1]:5070", "sip:112@[2001:db8::1]:5070;user=phone"),
            (
                "sip.carrier.example;transport=TCP",
                "sip:112@sip.carrier.example;transport=tcp;user=phone",
            ),
        ] {
            let address: CarrierAddress = text.parse().unwrap();
            assert_eq!(address.uri_of("112").to_string(), uri, "{text}");
        }
        for wrong in [
            "",
            "ana@carrier.example",
            "carrier.example;transport=tls",
            "a b",
            "host:port",
        ] {
            assert_eq!(
                wrong.parse::<CarrierAddress>(),
                Err(ParseCarrierAddressError),
                "{wrong}"
            );
        }
    }
}
