//! Proxies before Offhook, who alone are believed when they say for whom they ask.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

use crate::sparingly::Sparingly;

use super::limits::FORWARDED_REPORTED_EVERY;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The header in which proxies name their client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum AddressHeader {
    /// What most proxies send.
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

/// The proxies whose word counts.
pub(crate) struct TrustedProxies {
    networks: Vec<IpNet>,
    header: AddressHeader,
    /// That a stranger speaks as a proxy.
    reported: Mutex<Sparingly>,
}

impl TrustedProxies {
    /// Trusts what comes from these networks, and of it only the one header: the other one a proxy may pass on as the
    /// client made it up.
    pub(crate) const fn new(networks: Vec<IpNet>, header: AddressHeader) -> Self {
        Self {
            networks,
            header,
            reported: Mutex::new(Sparingly::every(FORWARDED_REPORTED_EVERY)),
        }
    }

    /// Whether an address is a proxy of ours.
    pub(crate) fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Who sent a request that came from `peer`: the last address in the header that is no proxy of ours. What stands
    /// before it anybody can have written.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trust(client) {
            if self.is_reported(headers, Instant::now()) {
                tracing::warn!(
                    %client,
                    "a request says for whom it was forwarded, and is not believed: if a proxy of yours has this address, \
                     name it with --trusted-proxy, else limits on attempts take all who come by it for one"
                );
            }
            return client;
        }
        let name = match self.header {
            AddressHeader::XForwardedFor => X_FORWARDED_FOR,
            AddressHeader::Forwarded => header::FORWARDED,
        };
        let lines: Vec<&str> = headers
            .get_all(name)
            .iter()
            .map(|value| value.to_str().unwrap_or_default())
            .collect();
        let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        while self.trust(client) {
            let Some(before) = hops.next().and_then(|hop| self.address(hop)) else {
                break;
            };
            client = before;
        }
        client
    }

    /// Whether a stranger's request is to be reported.
    fn is_reported(&self, headers: &HeaderMap, now: Instant) -> bool {
        if !headers.contains_key(X_FORWARDED_FOR) && !headers.contains_key(header::FORWARDED) {
            return false;
        }
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        reported.say(now).is_some()
    }

    /// The address of one hop; none where it is hidden or no address.
    fn address(&self, hop: &str) -> Option<IpAddr> {
        let text = match self.header {
            AddressHeader::XForwardedFor => hop.trim(),
            AddressHeader::Forwarded => hop.split(';').find_map(|pair| {
                let (name, value) = pair.trim().split_once('=')?;
                name.eq_ignore_ascii_case("for").then(|| value.trim_matches('"'))
            })?,
        };
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let address = bare.unwrap_or(text).parse::<IpAddr>().ok();
        address
            .or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
            .map(|address| address.to_canonical())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::HeaderValue;

    use super::*;

    fn client(header: AddressHeader, peer: &str, lines: &[&'static str]) -> String {
        let networks = ["10.0.0.0/8", "2001:db8:ffff::/48"].map(|network| network.parse().unwrap());
        let proxies = TrustedProxies::new(networks.to_vec(), header);
        let mut headers = HeaderMap::new();
        for line in lines {
            let name = match header {
                AddressHeader::XForwardedFor => "x-forwarded-for",
                AddressHeader::Forwarded => "forwarded",
            };
            headers.append(name, HeaderValue::from_static(line));
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_proxies_of_ours_are_believed() {
        for (peer, lines, expected) in [
            ("192.0.2.7", &[][..], "192.0.2.7"),
            ("192.0.2.7", &["203.0.113.9"], "192.0.2.7"),
            ("10.1.1.1", &[], "10.1.1.1"),
            ("10.1.1.1", &["203.0.113.9"], "203.0.113.9"),
            ("::ffff:10.1.1.1", &["203.0.113.9"], "203.0.113.9"),
            (
                "10.1.1.1",
                &["198.51.100.1, 203.0.113.9, 10.2.2.2"],
                "203.0.113.9",
            ),
            ("10.1.1.1", &["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
            ("10.1.1.1", &["198.51.100.1, made up"], "10.1.1.1"),
            ("10.1.1.1", &["203.0.113.9:4711"], "203.0.113.9"),
            ("10.1.1.1", &["[2001:db8::9]:4711"], "2001:db8::9"),
            ("10.1.1.1", &["2001:db8::9, 2001:db8:ffff::1"], "2001:db8::9"),
            ("10.1.1.1", &["10.3.3.3, 10.2.2.2"], "10.3.3.3"),
        ] {
            assert_eq!(
                client(AddressHeader::XForwardedFor, peer, lines),
                expected,
                "{lines:?}"
            );
        }
    }

    #[test]
    fn a_proxy_that_is_not_trusted_is_reported_now_and_then() {
        let proxies = TrustedProxies::new(Vec::new(), AddressHeader::XForwardedFor);
        let began_at = Instant::now();
        let [none, forwarded, standard] =
            [None, Some(X_FORWARDED_FOR), Some(header::FORWARDED)].map(|name| {
                let name = name.map(|name| (name, HeaderValue::from_static("for=203.0.113.9")));
                name.into_iter().collect::<HeaderMap>()
            });
        let most = FORWARDED_REPORTED_EVERY;
        for (headers, after, expected) in [
            (&none, Duration::ZERO, false),
            (&forwarded, Duration::ZERO, true),
            (&forwarded, most / 2, false),
            (&standard, most / 2, false),
            (&standard, most, true),
            (&forwarded, most, false),
            (&none, most * 3, false),
            (&forwarded, most * 3, true),
        ] {
            let is_reported = proxies.is_reported(headers, began_at + after);
            assert_eq!(is_reported, expected, "{headers:?} after {after:?}");
        }
    }

    #[test]
    fn the_standard_header_is_read_where_it_is_wanted() {
        for (line, expected) in [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=\"[2001:db8:cafe::17]\"", "2001:db8:cafe::17"),
            ("for=198.51.100.1, for=192.0.2.43", "192.0.2.43"),
            ("for=unknown", "10.1.1.1"),
            ("for=_hidden, by=10.0.0.1", "10.1.1.1"),
        ] {
            assert_eq!(
                client(AddressHeader::Forwarded, "10.1.1.1", &[line]),
                expected,
                "{line}"
            );
        }
        let other = client(AddressHeader::Forwarded, "10.1.1.1", &[]);
        assert_eq!(other, "10.1.1.1");
    }
}
