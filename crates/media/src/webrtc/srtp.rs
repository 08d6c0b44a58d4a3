//! SRTP and SRTCP (RFC 3711) in both directions with the keys of one handshake.

use std::sync::Arc;

use bytes::BytesMut;
use rtc_dtls::crypto_provider::RTCCryptoProvider;
use rtc_rtp::header::Header;
use rtc_shared::error::Error;
use rtc_shared::marshal::{MarshalSize, Unmarshal};
use rtc_srtp::config::{Config, SessionKeys};
use rtc_srtp::context::Context;
use rtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use rtc_srtp::protection_profile::ProtectionProfile;

use super::limits::{REPLAY_WINDOW_PACKETS, SSRCS_MAX, SSRCS_TRIED_MAX};

/// The two directions of a secured connection.
pub(super) struct SrtpSession {
    profile: ProtectionProfile,
    outbound: Context,
    inbound: Inbound,
}

impl SrtpSession {
    pub(super) fn new(config: Config, provider: Arc<dyn RTCCryptoProvider>) -> Result<Self, Error> {
        let profile = config.profile;
        let SessionKeys {
            local_master_key,
            local_master_salt,
            remote_master_key,
            remote_master_salt,
        } = config.keys;
        let outbound = Context::new(
            &local_master_key,
            &local_master_salt,
            profile,
            None,
            None,
            provider.crypto(),
        )?;
        Ok(Self {
            profile,
            outbound,
            inbound: Inbound::new(InboundKeys {
                profile,
                key: remote_master_key,
                salt: remote_master_salt,
                provider,
            })?,
        })
    }

    /// The negotiated protection profile by its registered name.
    pub(super) fn profile_name(&self) -> &'static str {
        if self.profile.aead_auth_tag_len() > 0 {
            "AEAD_AES_128_GCM"
        } else {
            "AES128_CM_HMAC_SHA1_80"
        }
    }

    /// Encrypts an RTP packet; `None` unless it is one. Allocates once, as `rtc-srtp` does.
    pub(super) fn protect_rtp(&mut self, packet: &[u8]) -> Option<BytesMut> {
        let header = parse_header(packet)?;
        self.outbound.encrypt_rtp_with_header(packet, &header).ok()
    }

    pub(super) fn protect_rtcp(&mut self, packet: &[u8]) -> Option<BytesMut> {
        self.outbound.encrypt_rtcp(packet).ok()
    }

    pub(super) fn unprotect_rtp(&mut self, packet: &[u8]) -> Option<BytesMut> {
        let header = parse_header(packet)?;
        self.inbound.unprotect(header.ssrc, |context| {
            context.decrypt_rtp_with_header(packet, &header).ok()
        })
    }

    pub(super) fn unprotect_rtcp(&mut self, packet: &[u8]) -> Option<BytesMut> {
        let ssrc = packet.get(4..8)?;
        let ssrc = u32::from_be_bytes([ssrc[0], ssrc[1], ssrc[2], ssrc[3]]);
        self.inbound
            .unprotect(ssrc, |context| context.decrypt_rtcp(packet).ok())
    }
}

/// The receiving direction. `rtc-srtp` keeps state for each SSRC it sees, authentic or not, and forgets none;
/// so a new SSRC must first be authentic in a context that can be thrown away.
struct Inbound {
    keys: InboundKeys,
    known: Context,
    known_ssrcs: Vec<u32>,
    trial: Context,
    tried_count: usize,
}

impl Inbound {
    fn new(keys: InboundKeys) -> Result<Self, Error> {
        Ok(Self {
            known: keys.context()?,
            trial: keys.context()?,
            keys,
            known_ssrcs: Vec::with_capacity(SSRCS_MAX),
            tried_count: 0,
        })
    }

    fn unprotect(
        &mut self,
        ssrc: u32,
        decrypt: impl Fn(&mut Context) -> Option<BytesMut>,
    ) -> Option<BytesMut> {
        if !self.known_ssrcs.contains(&ssrc) {
            if self.tried_count == SSRCS_TRIED_MAX {
                self.trial = self.keys.context().ok()?;
                self.tried_count = 0;
            }
            self.tried_count += 1;
            decrypt(&mut self.trial)?;
            if self.known_ssrcs.len() == SSRCS_MAX {
                self.known = self.keys.context().ok()?;
                self.known_ssrcs.clear();
            }
            self.known_ssrcs.push(ssrc);
        }
        decrypt(&mut self.known)
    }
}

struct InboundKeys {
    profile: ProtectionProfile,
    key: Vec<u8>,
    salt: Vec<u8>,
    provider: Arc<dyn RTCCryptoProvider>,
}

impl InboundKeys {
    fn context(&self) -> Result<Context, Error> {
        Context::new(
            &self.key,
            &self.salt,
            self.profile,
            Some(srtp_replay_protection(REPLAY_WINDOW_PACKETS)),
            Some(srtcp_replay_protection(REPLAY_WINDOW_PACKETS)),
            self.provider.crypto(),
        )
    }
}

/// Parses an RTP header. `rtc-srtp` takes its printed length for the payload's offset, so a header that would
/// be printed with another length than it has is refused.
fn parse_header(packet: &[u8]) -> Option<Header> {
    let len = header_len(packet)?;
    let header = Header::unmarshal(&mut &packet[..len]).ok()?;
    (header.marshal_size() == len).then_some(header)
}

/// The length of an RTP header (RFC 3550 section 5.1); `None` unless the packet holds all of it.
fn header_len(packet: &[u8]) -> Option<usize> {
    let first = *packet.first()?;
    let mut len = 12 + 4 * usize::from(first & 0x0F);
    if first & 0x10 != 0 {
        let words = packet.get(len + 2..len + 4)?;
        len += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    (first >> 6 == 2 && packet.len() >= len).then_some(len)
}
