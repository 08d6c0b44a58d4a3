//! What an operator may set about legs.

use std::net::{IpAddr, Ipv4Addr};

use media::webrtc::DtlsCertificate;
use media::{Codec, Latching};
use sip::endpoint::EndpointConfig;

use crate::limits::LEGS_MAX;

/// How the legs of a node are set up; it stays the same for the node's life.
#[derive(Clone)]
pub struct LegsConfig {
    /// The codecs for browsers, best first: what trunks have comes before Opus, for it needs no transcoding.
    pub browser_codecs: Vec<Codec>,
    /// What browsers are shown.
    pub certificate: DtlsCertificate,
    /// The SIP side.
    pub endpoint: EndpointConfig,
    /// Whose packets plain legs listen to.
    pub latching: Latching,
    /// Callers and calls at which a further one is turned away, without agents on their lines and emergency calls; at most
    /// [`LEGS_MAX`].
    pub legs_max: usize,
    /// The address that audio is sent from; `0.0.0.0` is any of IPv4, `::` any at all.
    pub media: IpAddr,
    /// The legs of `legs_max` that callers in browsers never take: they are for trunks.
    pub legs_reserved: usize,
    /// The codecs for trunks, best first.
    pub trunk_codecs: Vec<Codec>,
}

impl LegsConfig {
    /// Returns the defaults for these sockets and this certificate.
    pub fn new(endpoint: EndpointConfig, certificate: DtlsCertificate) -> Self {
        Self {
            browser_codecs: vec![Codec::Pcmu, Codec::Pcma, Codec::Opus],
            certificate,
            endpoint,
            latching: Latching::Symmetric,
            legs_max: LEGS_MAX,
            legs_reserved: 0,
            media: Ipv4Addr::UNSPECIFIED.into(),
            trunk_codecs: vec![Codec::Pcmu, Codec::Pcma],
        }
    }
}
