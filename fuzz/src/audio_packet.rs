use media::rtcp::RtcpView;
use media::rtp::RtpView;
use media::webrtc::Demux;
use media::{AudioDecoder, Codec};

/// The input is a datagram that came where audio is expected.
pub(crate) fn run(input: &[u8]) {
    if let Ok(view) = RtpView::parse(input) {
        assert!(view.payload.start <= view.payload.end && view.payload.end <= input.len());
        let mut samples = [0; 1_000];
        for codec in [Codec::Opus, Codec::Pcma, Codec::Pcmu] {
            let count = AudioDecoder::new(codec).decode(&input[view.payload.clone()], &mut samples);
            assert!(count <= samples.len());
        }
    }
    let _any = RtcpView::parse(input, 1);
    let routed = Demux::<usize>::default().route(input, ([192, 0, 2, 1], 4_000).into());
    assert_eq!(routed, None, "nobody is registered");
}
