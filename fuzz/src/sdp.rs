use media::Codec;
use media::sdp::{Direction, LocalMedia, OfferAnswer, SessionDescription};

/// The input is a session description. What reads prints to what reads the same, and can be answered or is refused.
pub(crate) fn run(input: &[u8]) {
    let Ok(description) = SessionDescription::parse(input) else {
        return;
    };
    let printed = description.to_string();
    let again = SessionDescription::parse(printed.as_bytes());
    assert_eq!(again.map(|again| again.to_string()).ok(), Some(printed));
    let mut exchange = OfferAnswer::new(LocalMedia {
        session_id: 1,
        address: ([127, 0, 0, 1], 20_000).into(),
        codecs: vec![Codec::Opus, Codec::Pcmu, Codec::Pcma],
        direction: Direction::SendRecv,
        ssrc: 1,
        cname: "offhook".to_owned(),
        webrtc: None,
    });
    if let Ok(answer) = exchange.answer(&description) {
        assert_eq!(answer.media.len(), description.media.len());
        assert_eq!(answer.media.iter().filter(|media| media.port != 0).count(), 1);
    }
}
