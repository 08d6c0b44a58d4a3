//! Where a carrier takes calls and registrations: `host` or `host:port`, with `;transport=tcp` if it wants TCP.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use api::limits::HOST_CHARS_MAX;
use sip::{Host, Param, Uri};

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
pub(crate) enum ParseCarrierAddressError {
    /// It is no host, or says more than where it is.
    #[error(
        "write it as sip.carrier.example, with :5070 for another port than 5060, with ;transport=tcp for TCP, and with \
         nothing else"
    )]
    Form,
    /// It is an address that no machine has, or many have.
    #[error("{0} is not the address of one machine: write the one that the carrier gave you")]
    NotOneMachine(IpAddr),
}

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

    /// Looks for it in the DNS, unless it is an address already; none where that knows nothing, does not answer, or has
    /// only addresses that datagrams from `sip` do not reach.
    pub(crate) async fn resolve(&self, sip: IpAddr) -> Option<SocketAddr> {
        let is_reached = |ip: IpAddr| self.is_tcp || reaches(sip, ip);
        let port = self.port.unwrap_or(SIP_PORT);
        if let Some(ip) = self.host.ip() {
            return is_reached(ip).then(|| SocketAddr::new(ip, port));
        }
        let found = tokio::net::lookup_host((self.host.to_string(), port));
        let found = tokio::time::timeout(RESOLVED_WITHIN, found).await;
        let mut found = found.ok()?.ok()?;
        found.find(|address| is_one_machine(address.ip()) && is_reached(address.ip()))
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
        let form = ParseCarrierAddressError::Form;
        let uri: Uri = format!("sip:{text}").parse().map_err(|_| form)?;
        let uri = uri.as_sip().ok_or(form)?;
        let is_more = uri.user().is_some()
            || !uri.headers().is_empty()
            || uri
                .params
                .iter()
                .any(|param| !param.name().eq_ignore_ascii_case("transport"));
        if is_more || !is_host(&uri.host) {
            return Err(form);
        }
        let is_tcp = match uri.params.iter().next().map(Param::value) {
            None => false,
            Some(Some(udp)) if udp.eq_ignore_ascii_case("udp") => false,
            Some(Some(tcp)) if tcp.eq_ignore_ascii_case("tcp") => true,
            Some(_) => return Err(form),
        };
        if let Some(ip) = uri.host.ip().filter(|ip| !is_one_machine(*ip)) {
            return Err(ParseCarrierAddressError::NotOneMachine(ip));
        }
        Ok(Self {
            host: uri.host.clone(),
            port: uri.port,
            is_tcp,
        })
    }
}

/// A name that ends in a number is an address to the system's resolver (`1.2.3` is 1.2.0.3), and to nobody else.
fn is_host(host: &Host) -> bool {
    let Host::Name(name) = host else { return true };
    let name = name.as_str().trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    name.len() <= HOST_CHARS_MAX && !is_number
}

/// Whether datagrams from a socket that is bound to `from` get to `to`: one that is bound to `::` speaks both kinds of IP.
fn reaches(from: IpAddr, to: IpAddr) -> bool {
    let is_dual = from.is_ipv6() && from.is_unspecified();
    is_dual || from.is_ipv4() == to.is_ipv4()
}

fn is_one_machine(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    !ip.is_unspecified() && !ip.is_multicast() && ip != IpAddr::V4(Ipv4Addr::BROADCAST)
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
            " ",
            "ana@carrier.example",
            "carrier.example;transport=tls",
            "carrier.example;transport",
            "carrier.example;maddr=192.0.2.9",
            "carrier.example;transport=tcp;lr",
            "carrier.example?Route=x",
            "a b",
            "bad host!",
            "a..b",
            "a\r\nVia: x",
            "host:port",
            "192.0.2.1:0",
            "192.0.2",
            "192.0.2.999",
            "0x7f000001",
            &format!("{}.example", "x".repeat(HOST_CHARS_MAX)),
        ] {
            let expected = Err(ParseCarrierAddressError::Form);
            assert_eq!(wrong.parse::<CarrierAddress>(), expected, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_carrier_is_reached_by_its_kind_of_ip() {
        for (carrier, sip, expected) in [
            ("192.0.2.1", "192.0.2.9", true),
            ("192.0.2.1", "0.0.0.0", true),
            ("192.0.2.1", "::", true),
            ("192.0.2.1", "2001:db8::9", false),
            ("[2001:db8::1]", "192.0.2.9", false),
            ("[2001:db8::1]", "0.0.0.0", false),
            ("[2001:db8::1];transport=tcp", "0.0.0.0", true),
            ("[2001:db8::1]", "::", true),
        ] {
            let address: CarrierAddress = carrier.parse().unwrap();
            let found = address.resolve(sip.parse().unwrap()).await;
            assert_eq!(found.is_some(), expected, "{carrier} from {sip}");
        }
    }

    #[test]
    fn an_address_is_one_machines() {
        for wrong in [
            "0.0.0.0",
            "0.0.0.0:5070",
            "224.0.0.1",
            "255.255.255.255",
            "[::]",
            "[ff02::1]:5060",
            "[::ffff:0.0.0.0]",
        ] {
            let refused = wrong.parse::<CarrierAddress>();
            assert!(
                matches!(refused, Err(ParseCarrierAddressError::NotOneMachine(_))),
                "{wrong}: {refused:?}"
            );
        }
    }
}
