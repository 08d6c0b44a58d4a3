//! Commands that add legs.

use std::net::SocketAddr;
use std::time::Instant;

use media::sdp::{
    Direction, IceCredentials, LocalMedia, OfferAnswer, PayloadTypes, SessionDescription, Setup, WebRtcLocal,
};
use media::webrtc::{DtlsCertificate, WebRtcLeg};
use media::{Codec, Latching, LegAudio, LegKey, SocketKey, StreamIdentity, WorkerCommand};
use relay::RtpPort;

pub(crate) fn add_rtp_leg(leg: u64, port: RtpPort, peer: SocketAddr) -> WorkerCommand {
    let payload_types = PayloadTypes {
        audio: 0,
        telephone_event: Some(101),
    };
    WorkerCommand::AddRtpLeg {
        leg: LegKey(leg),
        socket: port.socket,
        remote: Some(peer),
        latching: Latching::Signalled,
        identity: identity(leg),
        audio: LegAudio {
            codec: Codec::Pcmu,
            send: payload_types,
            receive: payload_types,
            direction: Direction::SendRecv,
            rtcp_mux: false,
        },
    }
}

pub(crate) fn identity(leg: u64) -> StreamIdentity {
    StreamIdentity {
        ssrc: 0xA000 + leg as u32,
        cname: "offhook".to_owned(),
    }
}

/// Makes the server's certificate.
pub(crate) fn certificate() -> DtlsCertificate {
    let made = rcgen::generate_simple_self_signed(vec!["media".to_owned()]).unwrap();
    DtlsCertificate::from_der(made.cert.der(), &made.signing_key.serialize_der()).unwrap()
}

/// Answers an offer as the server does; the answer, and the command that adds the line.
pub(crate) fn answer(
    certificate: &DtlsCertificate,
    offer: &str,
    leg: u64,
    (socket, address): (SocketKey, SocketAddr),
) -> (String, WorkerCommand) {
    let ice = IceCredentials {
        ufrag: format!("line{leg}"),
        password: "0123456789abcdefghijklmn".to_owned(),
    };
    let identity = identity(leg);
    let mut dialog = OfferAnswer::new(LocalMedia {
        session_id: leg,
        address,
        codecs: vec![Codec::Pcmu],
        direction: Direction::SendRecv,
        ssrc: identity.ssrc,
        cname: identity.cname.clone(),
        webrtc: Some(WebRtcLocal {
            ice: ice.clone(),
            fingerprint: certificate.fingerprint().clone(),
            preferred_setup: Setup::Active,
        }),
    });
    let offer = SessionDescription::parse(offer.as_bytes()).unwrap();
    let answer = dialog.answer(&offer).unwrap().to_string();
    let negotiated = dialog.negotiated().unwrap();
    let remote = negotiated.webrtc.as_ref().unwrap();
    let line = WebRtcLeg::new(certificate, &ice, remote, Instant::now()).unwrap();
    let command = WorkerCommand::AddWebRtcLeg {
        leg: LegKey(leg),
        socket,
        ufrag: ice.ufrag,
        line: Box::new(line),
        identity,
        audio: LegAudio::from(negotiated),
    };
    (answer, command)
}
