//! Our side of an exchange, and peers' descriptions in short.

use media::Codec;
use media::sdp::{
    Direction, Fingerprint, IceCredentials, LocalMedia, OfferAnswer, SessionDescription, Setup, WebRtcLocal,
};

pub(crate) fn trunk(codecs: &[Codec]) -> LocalMedia {
    LocalMedia {
        session_id: 4_711,
        address: "198.51.100.1:20000".parse().unwrap(),
        codecs: codecs.to_vec(),
        direction: Direction::SendRecv,
        ssrc: 1,
        cname: "offhook".to_owned(),
        webrtc: None,
    }
}

pub(crate) fn browser_line() -> LocalMedia {
    LocalMedia {
        codecs: vec![Codec::Opus, Codec::Pcmu],
        webrtc: Some(WebRtcLocal {
            ice: IceCredentials {
                ufrag: "ours".to_owned(),
                password: "a-22-character-password".replace('-', "+"),
            },
            fingerprint: Fingerprint {
                algorithm: "sha-256".to_owned(),
                digest: vec![0xAB; 32],
            },
            preferred_setup: Setup::Active,
        }),
        ..trunk(&[])
    }
}

pub(crate) fn dialog(codecs: &[Codec]) -> OfferAnswer {
    OfferAnswer::new(trunk(codecs))
}

/// A peer's description whose lines after the session's are these.
pub(crate) fn peer(lines: &[&str]) -> SessionDescription {
    let session = [
        "v=0",
        "o=peer 1 1 IN IP4 host.example",
        "s=-",
        "c=IN IP4 192.0.2.9",
        "t=0 0",
    ];
    parse(&[session.as_slice(), lines].concat())
}

pub(crate) fn parse(lines: &[&str]) -> SessionDescription {
    let text = lines.join("\r\n") + "\r\n";
    SessionDescription::parse(text.as_bytes()).unwrap()
}
