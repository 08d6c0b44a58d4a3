//! The DTLS association of one connection: our client side of the handshake, and the SRTP keys it yields (RFC
//! 5764).
//!
//! We answer `a=setup:active`: the ClientHello leaves with the answer to the browser's first check, so the
//! handshake needs two round trips. As server, `rtc-dtls` would add one for its cookie, and the browser one
//! more before it may begin.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

use bytes::BytesMut;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_dtls::state::State;
use rtc_shared::TransportProtocol;
use rtc_srtp::config::{Config as SrtpConfig, LABEL_EXTRACTOR_DTLS_SRTP};
use rtc_srtp::protection_profile::ProtectionProfile;

use super::certificate::{DtlsCertificate, sha_256};
use super::dtls_gate::DtlsGate;
use super::limits::DTLS_RETRANSMIT_MIN;
use super::srtp::SrtpSession;
use crate::sdp::Fingerprint;

/// The name of the only association of an endpoint: a peer's address may change, and the association must not
/// notice.
pub(super) const ASSOCIATION: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9);

/// What a datagram or a timeout brought about.
pub(super) enum Progress {
    /// Nothing to tell.
    Pending,
    /// The datagram was not fit to be handled.
    Refused,
    /// The handshake is done and the peer is who the SDP said.
    Secured(Box<SrtpSession>),
    /// The peer ended the association.
    Closed,
    /// The peer's certificate is not the one the SDP named.
    WrongFingerprint,
    /// The handshake cannot succeed.
    Broken,
}

pub(super) struct Dtls {
    endpoint: Endpoint,
    certificate: DtlsCertificate,
    peer_fingerprints: Vec<Fingerprint>,
    gate: DtlsGate,
    is_complete: bool,
    /// How often the flight that is out was sent again.
    retransmit_count: u32,
}

impl Dtls {
    /// Prepares an association; nothing is sent before [`Self::start`].
    pub(super) fn new(certificate: &DtlsCertificate, peer_fingerprints: Vec<Fingerprint>) -> Self {
        Self {
            endpoint: Endpoint::new(ASSOCIATION, TransportProtocol::UDP, None),
            certificate: certificate.clone(),
            peer_fingerprints,
            gate: DtlsGate::default(),
            is_complete: false,
            retransmit_count: 0,
        }
    }

    /// Queues the ClientHello; a second call does nothing.
    pub(super) fn start(&mut self, now: Instant) -> Progress {
        let config = self.certificate.config();
        match self.endpoint.connect(now, ASSOCIATION, config, None) {
            Ok(()) => Progress::Pending,
            Err(error) => {
                tracing::error!(%error, "the DTLS handshake cannot begin");
                Progress::Broken
            }
        }
    }

    /// Handles one datagram from a proved address.
    pub(super) fn handle_datagram(&mut self, datagram: &[u8], now: Instant) -> Progress {
        if !self.gate.admit(datagram, self.is_complete) {
            return Progress::Refused;
        }
        let flight_due = self.endpoint.poll_timeout(&ASSOCIATION);
        let events = match self
            .endpoint
            .read(now, ASSOCIATION, None, BytesMut::from(datagram))
        {
            Ok(events) => events,
            Err(error) if self.is_complete => {
                tracing::debug!(%error, "a DTLS record was refused");
                return Progress::Refused;
            }
            Err(error) => {
                tracing::debug!(%error, "the DTLS handshake failed");
                return Progress::Broken;
            }
        };
        if self.endpoint.poll_timeout(&ASSOCIATION) != flight_due {
            self.retransmit_count = 0;
        }
        let mut progress = Progress::Pending;
        for event in events {
            match event {
                EndpointEvent::HandshakeComplete => progress = self.complete(),
                EndpointEvent::PeerClosed => return Progress::Closed,
                // It would be a data channel, which we never offer.
                EndpointEvent::ApplicationData(_) => {}
                // The enum is open; what we do not know cannot concern audio.
                _ => {}
            }
        }
        progress
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Progress {
        if self.poll_timeout().is_none_or(|due| now < due) {
            return Progress::Pending;
        }
        self.retransmit_count += 1;
        match self.endpoint.handle_timeout(ASSOCIATION, now) {
            Ok(()) => Progress::Pending,
            Err(error) => {
                tracing::debug!(%error, "the DTLS handshake timed out");
                Progress::Broken
            }
        }
    }

    /// When the flight that is out is to be sent again. The library asks for even gaps; ours double.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let due = self.endpoint.poll_timeout(&ASSOCIATION)?;
        let factor = 2_u32.saturating_pow(self.retransmit_count.min(10)) - 1;
        Some(due + DTLS_RETRANSMIT_MIN * factor)
    }

    pub(super) fn poll_transmit(&mut self) -> Option<BytesMut> {
        Some(self.endpoint.poll_transmit()?.message)
    }

    /// Queues the close_notify that ends the association.
    pub(super) fn close(&mut self, now: Instant) {
        drop(self.endpoint.stop(now, ASSOCIATION));
    }

    fn complete(&mut self) -> Progress {
        self.is_complete = true;
        let Some(state) = self.endpoint.get_connection_state(ASSOCIATION) else {
            return Progress::Broken;
        };
        let is_peer = state
            .peer_certificates
            .first()
            .is_some_and(|certificate| self.peer_fingerprints.contains(&sha_256(certificate)));
        if !is_peer {
            return Progress::WrongFingerprint;
        }
        match srtp_session(state, &self.certificate) {
            Ok(session) => Progress::Secured(Box::new(session)),
            Err(error) => {
                tracing::debug!(%error, "the handshake yielded no SRTP keys");
                Progress::Broken
            }
        }
    }
}

fn srtp_session(
    state: &State,
    certificate: &DtlsCertificate,
) -> Result<SrtpSession, rtc_shared::error::Error> {
    let profile = match state.srtp_protection_profile() {
        SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => ProtectionProfile::AeadAes128Gcm,
        SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
        SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_32
        | SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm
        | SrtpProtectionProfile::Unsupported
        | _ => {
            return Err(rtc_shared::error::Error::ErrNoSuchSrtpProfile);
        }
    };
    let mut config = SrtpConfig {
        profile,
        ..SrtpConfig::default()
    };
    let material =
        state.export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], config.keying_material_len())?;
    config.set_session_keys_from_keying_material(material.as_ref(), state.is_client())?;
    SrtpSession::new(config, certificate.provider())
}
