//! The part of STUN (RFC 8489) a lite ICE agent needs: authenticated binding requests in, their answers out.
//!
//! `rtc-stun` copies each attribute before anything is authenticated and reads attributes behind
//! `MESSAGE-INTEGRITY`, which anyone on the path can add. This parser borrows, and ends where the hash ends.

use std::net::{IpAddr, SocketAddr};

use crc::{CRC_32_ISO_HDLC, Crc};
use ring::hmac;

use super::limits::{STUN_BYTES_MAX, STUN_UNKNOWN_MAX};

const HEADER_LEN: usize = 20;
const MAGIC_COOKIE: u32 = 0x2112_A442;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const BINDING_ERROR: u16 = 0x0111;

const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const PRIORITY: u16 = 0x0024;
const USE_CANDIDATE: u16 = 0x0025;
const FINGERPRINT: u16 = 0x8028;
const ICE_CONTROLLED: u16 = 0x8029;
/// Below this an attribute must be understood (RFC 8489 section 14).
const COMPREHENSION_OPTIONAL: u16 = 0x8000;

const INTEGRITY_LEN: usize = 20;
const FINGERPRINT_XOR: u32 = 0x5354_554E;
static CRC_32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// A connectivity check whose form and `FINGERPRINT` are right; nothing in it is authentic before
/// [`Self::is_authentic`].
#[derive(Debug)]
pub(super) struct BindingRequest<'a> {
    datagram: &'a [u8],
    integrity_at: usize,
    unknown: [u16; STUN_UNKNOWN_MAX],
    unknown_count: usize,
    /// `USERNAME` before its colon: the receiver's user fragment.
    pub(super) local_ufrag: &'a str,
    /// `USERNAME` behind its colon: the sender's user fragment.
    pub(super) remote_ufrag: &'a str,
    /// The controlling peer chooses this path.
    pub(super) use_candidate: bool,
    /// The peer believes to be controlled, as we are.
    pub(super) is_controlled: bool,
}

/// What to answer to a check.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Success,
    /// 420: it holds attributes that must be understood and are not.
    UnknownAttribute,
    /// 487: both believe to be controlled (RFC 8445 section 7.3.1.1); a lite agent is, so the peer switches.
    RoleConflict,
}

impl<'a> BindingRequest<'a> {
    /// Parses a datagram; `None` unless it is one binding request with user name, integrity and fingerprint.
    pub(super) fn parse(datagram: &'a [u8]) -> Option<Self> {
        let length = usize::from(read_u16(datagram, 2)?);
        let is_request = datagram.len() <= STUN_BYTES_MAX
            && HEADER_LEN + length == datagram.len()
            && length.is_multiple_of(4)
            && read_u16(datagram, 0)? == BINDING_REQUEST
            && read_u32(datagram, 4)? == MAGIC_COOKIE;
        if !is_request {
            return None;
        }
        let mut username = None;
        let mut integrity_at = None;
        let mut request = Self {
            datagram,
            integrity_at: 0,
            unknown: [0; STUN_UNKNOWN_MAX],
            unknown_count: 0,
            local_ufrag: "",
            remote_ufrag: "",
            use_candidate: false,
            is_controlled: false,
        };
        let mut at = HEADER_LEN;
        while at < datagram.len() {
            let kind = read_u16(datagram, at)?;
            let value_len = usize::from(read_u16(datagram, at + 2)?);
            let value = datagram.get(at + 4..at + 4 + value_len)?;
            let next = at + 4 + value_len.next_multiple_of(4);
            if kind == FINGERPRINT {
                is_fingerprint(datagram, at, value, next).then_some(())?;
            } else if integrity_at.is_some() {
                // RFC 8489 section 14.5: whatever else stands behind the hash is ignored, for it is not
                // covered.
            } else if kind == MESSAGE_INTEGRITY {
                (value_len == INTEGRITY_LEN).then_some(())?;
                integrity_at = Some(at);
            } else if kind == USERNAME {
                username = username.or(Some(value));
            } else {
                request.note(kind);
            }
            at = next;
            if kind == FINGERPRINT {
                request.integrity_at = integrity_at?;
                let username = std::str::from_utf8(username?).ok()?;
                (request.local_ufrag, request.remote_ufrag) = username.split_once(':')?;
                return Some(request);
            }
        }
        None
    }

    fn note(&mut self, kind: u16) {
        match kind {
            USE_CANDIDATE => self.use_candidate = true,
            ICE_CONTROLLED => self.is_controlled = true,
            PRIORITY => {}
            _ if kind >= COMPREHENSION_OPTIONAL => {}
            _ if self.unknown_count < STUN_UNKNOWN_MAX => {
                self.unknown[self.unknown_count] = kind;
                self.unknown_count += 1;
            }
            _ => {}
        }
    }

    /// Tells whether `MESSAGE-INTEGRITY` was made with this password.
    pub(super) fn is_authentic(&self, key: &hmac::Key) -> bool {
        let mut covered = [0; STUN_BYTES_MAX];
        let covered = &mut covered[..self.integrity_at];
        covered.copy_from_slice(&self.datagram[..self.integrity_at]);
        // RFC 8489 section 14.5: the length as if the hash were the last attribute.
        let length = self.integrity_at - HEADER_LEN + 4 + INTEGRITY_LEN;
        covered[2..4].copy_from_slice(&length_field(length));
        let tag_at = self.integrity_at + 4;
        hmac::verify(key, covered, &self.datagram[tag_at..tag_at + INTEGRITY_LEN]).is_ok()
    }

    /// What this check deserves once it is authentic.
    pub(super) fn verdict(&self) -> Verdict {
        if self.unknown_count > 0 {
            Verdict::UnknownAttribute
        } else if self.is_controlled {
            Verdict::RoleConflict
        } else {
            Verdict::Success
        }
    }

    /// Writes the answer to this check, which came from `source`.
    pub(super) fn answer(&self, verdict: Verdict, source: SocketAddr, key: &hmac::Key) -> Vec<u8> {
        let mut answer = Vec::with_capacity(96);
        let kind = match verdict {
            Verdict::Success => BINDING_SUCCESS,
            Verdict::UnknownAttribute | Verdict::RoleConflict => BINDING_ERROR,
        };
        answer.extend_from_slice(&kind.to_be_bytes());
        answer.extend_from_slice(&[0, 0]);
        // The cookie and the transaction id, as in the request.
        answer.extend_from_slice(&self.datagram[4..HEADER_LEN]);
        match verdict {
            Verdict::Success => push_mapped_address(&mut answer, source),
            Verdict::UnknownAttribute => {
                push_attribute(&mut answer, ERROR_CODE, &[0, 0, 4, 20]);
                let kinds = &self.unknown[..self.unknown_count];
                let kinds: Vec<u8> = kinds.iter().flat_map(|kind| kind.to_be_bytes()).collect();
                push_attribute(&mut answer, UNKNOWN_ATTRIBUTES, &kinds);
            }
            Verdict::RoleConflict => push_attribute(&mut answer, ERROR_CODE, &[0, 0, 4, 87]),
        }
        seal(&mut answer, key);
        answer
    }
}

/// The user fragment a STUN datagram is addressed to, for finding its connection; it is not authentic.
pub(super) fn peek_ufrag(datagram: &[u8]) -> Option<&str> {
    BindingRequest::parse(datagram).map(|request| request.local_ufrag)
}

fn is_fingerprint(datagram: &[u8], at: usize, value: &[u8], next: usize) -> bool {
    let crc = CRC_32.checksum(&datagram[..at]) ^ FINGERPRINT_XOR;
    next == datagram.len() && value == crc.to_be_bytes()
}

fn push_mapped_address(answer: &mut Vec<u8>, source: SocketAddr) {
    let mut value = Vec::with_capacity(20);
    let port = source.port() ^ (MAGIC_COOKIE >> 16) as u16;
    // The mask is the cookie followed by the transaction id, which stand side by side in the header.
    let mask: [u8; 16] = std::array::from_fn(|index| answer[4 + index]);
    let mut push = |family: u8, octets: &[u8]| {
        value.extend_from_slice(&[0, family]);
        value.extend_from_slice(&port.to_be_bytes());
        value.extend(octets.iter().zip(mask).map(|(octet, mask)| octet ^ mask));
    };
    match source.ip().to_canonical() {
        IpAddr::V4(ip) => push(1, &ip.octets()),
        IpAddr::V6(ip) => push(2, &ip.octets()),
    }
    push_attribute(answer, XOR_MAPPED_ADDRESS, &value);
}

fn push_attribute(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    message.extend_from_slice(&kind.to_be_bytes());
    message.extend_from_slice(&length_field(value.len()));
    message.extend_from_slice(value);
    message.resize(message.len().next_multiple_of(4), 0);
}

/// Ends a message with its integrity and fingerprint.
fn seal(message: &mut Vec<u8>, key: &hmac::Key) {
    let length = message.len() - HEADER_LEN + 4 + INTEGRITY_LEN;
    message[2..4].copy_from_slice(&length_field(length));
    let tag = hmac::sign(key, message);
    push_attribute(message, MESSAGE_INTEGRITY, tag.as_ref());
    message[2..4].copy_from_slice(&length_field(length + 8));
    let crc = CRC_32.checksum(message) ^ FINGERPRINT_XOR;
    push_attribute(message, FINGERPRINT, &crc.to_be_bytes());
}

fn length_field(length: usize) -> [u8; 2] {
    u16::try_from(length)
        .expect("messages are bounded by STUN_BYTES_MAX")
        .to_be_bytes()
}

fn read_u16(bytes: &[u8], at: usize) -> Option<u16> {
    let value = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes([value[0], value[1]]))
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    let value = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes([value[0], value[1], value[2], value[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5769 section 2.1, with the password of its peer `evtj`.
    const REQUEST: &[u8] =
        b"\x00\x01\x00\x58\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
        \x80\x22\x00\x10STUN test client\x00\x24\x00\x04\x6e\x00\x01\xff\
        \x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36\x00\x06\x00\x09evtj:h6vY\x20\x20\x20\
        \x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2\
        \x80\x28\x00\x04\xe5\x7a\x3b\xcf";

    fn key(password: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes())
    }

    #[test]
    fn the_sample_request_of_rfc_5769_is_read_and_authentic() {
        let request = BindingRequest::parse(REQUEST).expect("it is a binding request");
        assert_eq!((request.local_ufrag, request.remote_ufrag), ("evtj", "h6vY"));
        assert!(request.is_authentic(&key("VOkJxbRl1RmTxUk/WvJxBt")));
        assert!(!request.is_authentic(&key("VOkJxbRl1RmTxUk/WvJxBu")));
        assert_eq!(request.verdict(), Verdict::RoleConflict);
    }
}
