//! What of a datagram may reach the handshake library.
//!
//! `rtc-dtls` keeps handshake fragments up to 2 MB, not counting empty ones, joins them by recursion, and
//! lets a plaintext alert or an unknown record end a handshake. Any visitor of a web page is its peer, so
//! everything is bounded here first.

use super::limits::{
    DTLS_FINISHED_BYTES_MAX, DTLS_FRAGMENT_BYTES_MIN, DTLS_HANDSHAKE_BYTES_MAX, DTLS_LATE_HANDSHAKE_BYTES_MAX,
};

const RECORD_HEADER_LEN: usize = 13;
const HANDSHAKE_HEADER_LEN: usize = 12;

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// Counts what an association has been fed and refuses what a real peer would not send.
#[derive(Debug, Default)]
pub(super) struct DtlsGate {
    handshake_bytes: usize,
    finished_bytes: usize,
    late_handshake_bytes: usize,
}

impl DtlsGate {
    /// Tells whether a datagram may be handled; counts it if so.
    pub(super) fn admit(&mut self, datagram: &[u8], is_complete: bool) -> bool {
        let Some(contents) = scan(datagram, is_complete) else {
            return false;
        };
        if is_complete {
            return take(
                &mut self.late_handshake_bytes,
                contents.handshake_bytes,
                DTLS_LATE_HANDSHAKE_BYTES_MAX,
            );
        }
        let (finished, max) = (contents.encrypted_bytes, DTLS_FINISHED_BYTES_MAX);
        take(&mut self.finished_bytes, finished, max)
            && take(
                &mut self.handshake_bytes,
                datagram.len(),
                DTLS_HANDSHAKE_BYTES_MAX,
            )
    }
}

/// Adds to a count unless that would exceed its maximum.
fn take(count: &mut usize, add: usize, max: usize) -> bool {
    let is_within = *count + add <= max;
    if is_within {
        *count += add;
    }
    is_within
}

#[derive(Default)]
struct Contents {
    /// Bytes of handshake records.
    handshake_bytes: usize,
    /// Those of them that are encrypted.
    encrypted_bytes: usize,
}

/// Walks the records of a datagram; `None` to refuse all of it.
fn scan(datagram: &[u8], is_complete: bool) -> Option<Contents> {
    let mut rest = datagram;
    let mut contents = Contents::default();
    while !rest.is_empty() {
        let header = rest.get(..RECORD_HEADER_LEN)?;
        let epoch = u16::from_be_bytes([header[3], header[4]]);
        let length = usize::from(u16::from_be_bytes([header[11], header[12]]));
        let body = rest.get(RECORD_HEADER_LEN..RECORD_HEADER_LEN + length)?;
        let is_wanted = header[1] == 0xFE
            && epoch <= 1
            && match header[0] {
                CHANGE_CIPHER_SPEC => body == [1],
                // Plaintext alerts are anybody's; a handshake that cannot succeed ends by its deadline.
                ALERT => epoch == 1,
                HANDSHAKE => epoch == 1 || are_fragments_whole(body),
                APPLICATION_DATA => epoch == 1 && is_complete,
                _ => false,
            };
        is_wanted.then_some(())?;
        if header[0] == HANDSHAKE {
            contents.handshake_bytes += length;
            contents.encrypted_bytes += if epoch == 1 { length } else { 0 };
        }
        rest = &rest[RECORD_HEADER_LEN + length..];
    }
    (!datagram.is_empty()).then_some(contents)
}

/// Tells whether each plaintext handshake fragment is well-formed and not cut needlessly small.
fn are_fragments_whole(mut body: &[u8]) -> bool {
    let u24 = |bytes: &[u8]| usize::from(bytes[0]) << 16 | usize::from(bytes[1]) << 8 | usize::from(bytes[2]);
    while let Some(header) = body.get(..HANDSHAKE_HEADER_LEN) {
        let length = u24(&header[1..4]);
        let offset = u24(&header[6..9]);
        let fragment_len = u24(&header[9..12]);
        let ends_message = offset + fragment_len == length;
        let is_whole = offset + fragment_len <= length
            && length <= DTLS_HANDSHAKE_BYTES_MAX
            && (ends_message || fragment_len >= DTLS_FRAGMENT_BYTES_MIN)
            && (fragment_len > 0 || length == 0)
            && body.len() >= HANDSHAKE_HEADER_LEN + fragment_len;
        if !is_whole {
            return false;
        }
        body = &body[HANDSHAKE_HEADER_LEN + fragment_len..];
    }
    body.is_empty()
}
