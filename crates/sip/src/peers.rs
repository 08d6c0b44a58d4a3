//! Whom requests are taken from. Over UDP an address proves nothing, so whoever is not known gets no answer: it would
//! go to whom the sender names, and tell him that somebody listens here.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// Names addresses that belong together, such as those of one carrier; chosen by the embedder.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct PeerGroup(pub u128);

/// Where the requests of a dialog may come from; others get no answer over UDP, and 403 over a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BoundTo {
    /// From the address and port that the dialog was set up with alone.
    Address,
    /// From the addresses of this group, the one the dialog was set up with, the far side's Contact and the first
    /// route (RFC 3261 section 12.2).
    Group(PeerGroup),
}

/// The addresses whose requests are answered even when they are turned away; nobody's as long as there are none.
#[derive(Clone, Debug, Default)]
pub struct Peers {
    /// All ranges, apart from one another and in order.
    all: Vec<Range>,
    groups: BTreeMap<PeerGroup, Vec<Range>>,
}

/// The numbers of the first and the last address, IPv4 in its IPv6 form.
type Range = (u128, u128);

impl Peers {
    /// Joins groups of addresses, each with its ranges in CIDR notation: an address and how many of its bits count.
    pub fn new(groups: impl IntoIterator<Item = (PeerGroup, Vec<(IpAddr, u8)>)>) -> Self {
        let groups: BTreeMap<PeerGroup, Vec<Range>> = groups
            .into_iter()
            .map(|(group, ranges)| (group, ranges.into_iter().map(range).collect()))
            .collect();
        let mut all: Vec<Range> = groups.values().flatten().copied().collect();
        all.sort_unstable();
        all.dedup_by(|next, before| {
            let overlaps = next.0 <= before.1;
            before.1 = if overlaps { before.1.max(next.1) } else { before.1 };
            overlaps
        });
        Self { all, groups }
    }

    /// Whether the address is anybody's.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        let number = number(address);
        let next = self.all.partition_point(|(first, _)| *first <= number);
        let range = next.checked_sub(1).and_then(|index| self.all.get(index));
        range.is_some_and(|(_, last)| number <= *last)
    }

    /// Whether the address is one of the group's.
    pub(crate) fn has(&self, group: PeerGroup, address: IpAddr) -> bool {
        let number = number(address);
        let ranges = self.groups.get(&group);
        ranges.is_some_and(|ranges| {
            ranges
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&number))
        })
    }
}

/// Whether two addresses are the same host's, IPv4 in its IPv6 form or not.
pub(crate) fn is_same_host(a: IpAddr, b: IpAddr) -> bool {
    number(a) == number(b)
}

fn range((address, prefix_len): (IpAddr, u8)) -> Range {
    let bits = match address {
        IpAddr::V4(_) => u32::from(prefix_len.min(32)) + 96,
        IpAddr::V6(_) => u32::from(prefix_len.min(128)),
    };
    let host_bits = u128::MAX.checked_shr(bits).unwrap_or(0);
    let number = number(address);
    (number & !host_bits, number | host_bits)
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_when_a_range_of_any_group_has_it() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("it is one");
        let [ana, bo] = [PeerGroup(1), PeerGroup(2)];
        let peers = Peers::new([
            (ana, vec![(ip("192.0.2.0"), 24), (ip("2001:db8::"), 32)]),
            (bo, vec![(ip("192.0.2.64"), 26), (ip("198.51.100.7"), 32)]),
        ]);
        for (address, is_known, is_anas, is_bos) in [
            ("192.0.2.0", true, true, false),
            ("192.0.2.70", true, true, true),
            ("::ffff:192.0.2.255", true, true, false),
            ("192.0.3.0", false, false, false),
            ("198.51.100.7", true, false, true),
            ("198.51.100.8", false, false, false),
            ("2001:db8:1::1", true, true, false),
            ("2001:db9::", false, false, false),
        ] {
            let address = ip(address);
            assert_eq!(peers.contain(address), is_known, "{address}");
            assert_eq!(peers.has(ana, address), is_anas, "{address}");
            assert_eq!(peers.has(bo, address), is_bos, "{address}");
        }
        assert!(!Peers::default().contain(ip("192.0.2.1")));
        assert!(Peers::new([(ana, vec![(ip("0.0.0.0"), 0)])]).contain(ip("203.0.113.9")));
        assert!(Peers::new([(ana, vec![(ip("::"), 0)])]).contain(ip("203.0.113.9")));
    }
}
