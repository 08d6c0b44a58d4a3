//! The WebRTC leg: one standing connection to a browser, from its offer to plain RTP (RFC 8826, 8827).
//!
//! The browser offers, Offhook answers as lite ICE agent and DTLS client, so one check and two round trips
//! connect. Parts: `ice` answers checks, `dtls` shakes hands with `rtc-dtls`, `srtp` protects packets with
//! `rtc-srtp`; [`Demux`] finds the leg of a datagram when many share a port. `docs/adr/0001-webrtc-leg.md`
//! says why it is composed like this.
//!
//! One impurity is admitted: `rtc-dtls` draws its nonces and keys from the system's randomness, through
//! `ring`. They decide nothing; two runs of a simulation differ in ciphertext only.

mod certificate;
mod demux;
mod dtls;
mod dtls_gate;
mod event;
mod ice;
mod leg;
pub mod limits;
mod srtp;
mod stun;

pub use self::certificate::{CertificateError, DtlsCertificate};
pub use self::demux::{Demux, DemuxFull, PacketKind};
pub use self::event::{FailReason, WebRtcDeadline, WebRtcError, WebRtcEvent};
pub use self::ice::generate_ice_credentials;
pub use self::leg::WebRtcLeg;
