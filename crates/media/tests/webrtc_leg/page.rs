//! The browser's side of an exchange: `str0m` set up as a page with a microphone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use media::sdp::{OfferAnswer, SessionDescription, WebRtcRemote};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::{Codec, FormatParams};
use str0m::media::{Direction, Frequency, MediaKind, Mid};
use str0m::{Candidate, Rtc, RtcConfig};

use crate::browser::TELEPHONE_EVENT;

/// The browser's own address.
pub(crate) fn address() -> SocketAddr {
    "198.51.100.20:40000".parse().unwrap()
}

pub(crate) fn browser(now: Instant) -> Rtc {
    let mut config = RtcConfig::new()
        .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
        .clear_codecs()
        .enable_pcmu(true, false)
        .set_rtp_mode(true);
    config.codec_config().add_config(
        TELEPHONE_EVENT.into(),
        None,
        Codec::Tele,
        Frequency::EIGHT_KHZ,
        None,
        FormatParams::default(),
    );
    let mut browser = config.build(now);
    let host = Candidate::host(address(), "udp").unwrap();
    browser.add_local_candidate(host).unwrap();
    browser
}

pub(crate) fn offer(browser: &mut Rtc) -> (SessionDescription, SdpPendingOffer, Mid) {
    let mut change = browser.sdp_api();
    let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
    let (offer, pending) = change.apply().unwrap();
    let offer = SessionDescription::parse(offer.to_sdp_string().as_bytes()).unwrap();
    (offer, pending, mid)
}

pub(crate) fn accept(browser: &mut Rtc, pending: SdpPendingOffer, answer: &str) {
    let answer = SdpAnswer::from_sdp_string(answer).unwrap();
    browser.sdp_api().accept_answer(pending, answer).unwrap();
}

pub(crate) fn remote(negotiation: &OfferAnswer) -> WebRtcRemote {
    negotiation.negotiated().unwrap().webrtc.clone().unwrap()
}
