//! Typed ids: one registry of all of them, alphabetical.
//!
//! An id is 128 bits: 48 bits of milliseconds since the Unix epoch, then 80 random bits, so that ids
//! sort by the time they were made. Its public form is a prefix and 26 characters of Crockford's
//! base 32 in lower case, for example `cnt_01kb3m9x6v0000000000000000`.

use std::fmt;
use std::str::FromStr;

use crate::Timestamp;

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id that starts with `{prefix}_` and has 26 characters after it")]
pub struct ParseIdError {
    /// The prefix of the expected kind of id.
    pub prefix: &'static str,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TEXT_LEN: usize = 26;

fn encode(bits: u128, prefix: &str) -> String {
    let digits = (0..TEXT_LEN as u32)
        .rev()
        .map(|place| ALPHABET[(bits >> (place * 5)) as usize & 31] as char);
    prefix.chars().chain(['_']).chain(digits).collect()
}

fn decode(text: &str, prefix: &'static str) -> Option<u128> {
    let digits = text.strip_prefix(prefix)?.strip_prefix('_')?;
    // 26 digits carry 130 bits: the first may only hold three.
    if digits.len() != TEXT_LEN || digits.as_bytes()[0] > b'7' {
        return None;
    }
    digits.bytes().try_fold(0, |bits: u128, digit| {
        let value = ALPHABET.iter().position(|known| *known == digit)?;
        Some((bits << 5) | value as u128)
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The prefix of the public form.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id from the time it is made at and 80 random bits (the upper 48 are ignored).
            #[must_use]
            pub fn new(at: Timestamp, random: u128) -> Self {
                let millis = (at.as_millis().max(0) as u128) & ((1 << 48) - 1);
                Self((millis << 80) | (random & ((1 << 80) - 1)))
            }

            /// Rebuilds an id from its bits.
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// The 128 bits of the id.
            #[must_use]
            pub const fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode(self.0, $prefix))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode(self.0, $prefix))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                decode(text, $prefix).map(Self).ok_or(ParseIdError { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An agent of a tenant.
    AgentId = "agt";
    /// A contact: one customer interaction.
    ContactId = "cnt";
    /// A disposition: the outcome an agent picks in after-contact work.
    DispositionId = "dsp";
    /// A contact flow.
    FlowId = "flw";
    /// Hours of operation.
    HoursId = "hrs";
    /// A leg: one party's signalling and media.
    LegId = "leg";
    /// A line: an agent's standing WebRTC connection.
    LineId = "lin";
    /// One proposal of a contact to one agent.
    OfferId = "ofr";
    /// A person on the other side, whose data is kept under a key of their own.
    PartyId = "pty";
    /// A phone number in the inventory.
    PhoneNumberId = "num";
    /// A queue.
    QueueId = "que";
    /// A routing profile.
    RoutingProfileId = "rpr";
    /// An agent status.
    StatusId = "sts";
    /// A tenant: the business that signed up.
    TenantId = "ten";
    /// A trunk: a carrier's SIP side.
    TrunkId = "trk";
    /// A user who signs in to the console.
    UserId = "usr";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_public_form() {
        for random in [0, 1, u128::MAX, 0x1234_5678_9abc_def0_1234] {
            let id = ContactId::new(Timestamp::from_millis(1_795_000_000_123), random);
            assert_eq!(id.to_string().parse::<ContactId>(), Ok(id));
            assert_eq!(id.to_string().len(), 30);
        }
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let early = QueueId::new(Timestamp::from_millis(1), u128::MAX);
        let late = QueueId::new(Timestamp::from_millis(2), 0);
        assert!(early < late && early.to_string() < late.to_string());
    }

    #[test]
    fn what_is_not_an_id_of_the_kind_is_refused() {
        let queue = QueueId::new(Timestamp::from_millis(1), 7).to_string();
        for text in [
            "",
            "cnt_",
            "cnt_short",
            "cnt_zzzzzzzzzzzzzzzzzzzzzzzzzz",
            "cnt_0000000000000000000000000u",
            &queue,
        ] {
            assert!(text.parse::<ContactId>().is_err(), "{text}");
        }
    }
}
