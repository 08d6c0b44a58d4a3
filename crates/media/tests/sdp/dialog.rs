//! Lines of a dialog other than our audio line.

use media::Codec;

use crate::sides::{dialog, peer};

#[test]
fn one_audio_line_is_kept_and_all_others_are_refused_in_their_place() {
    let offer = peer(&[
        "m=video 5000 RTP/AVP 34",
        "m=audio 0 RTP/AVP 0",
        "m=audio 4000 RTP/AVP 0",
        "m=audio 4100 RTP/AVP 0",
        "m=image 5100 udptl t38",
        "m=application 5200 UDP/DTLS/SCTP webrtc-datachannel",
    ]);
    let mut dialog = dialog(&[Codec::Pcmu]);
    let lines = |text: String| -> Vec<String> {
        let media = text.lines().filter(|line| line.starts_with("m="));
        media.map(str::to_owned).collect()
    };
    let expected = [
        "m=video 0 RTP/AVP 34",
        "m=audio 0 RTP/AVP 0",
        "m=audio 20000 RTP/AVP 0",
        "m=audio 0 RTP/AVP 0",
        "m=image 0 udptl t38",
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
    ];
    assert_eq!(lines(dialog.answer(&offer).unwrap().to_string()), expected);
    assert_eq!(dialog.negotiated().unwrap().remote.unwrap().port(), 4_000);

    let renewed = lines(dialog.offer().to_string());
    assert_eq!(
        renewed.len(),
        expected.len(),
        "lines never disappear (RFC 3264 8)"
    );
    assert_eq!(renewed[2], "m=audio 20000 RTP/AVP 0 8 101".replace(" 8", ""));
}

#[test]
fn a_lines_own_address_counts_before_the_sessions() {
    let offer = peer(&["m=audio 4000 RTP/AVP 0", "c=IN IP4 192.0.2.5"]);
    let mut dialog = dialog(&[Codec::Pcmu]);
    dialog.answer(&offer).unwrap();
    let remote = dialog.negotiated().unwrap().remote;
    assert_eq!(remote, Some("192.0.2.5:4000".parse().unwrap()));
}
