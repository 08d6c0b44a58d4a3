//! An INVITE without a description: we offer in the 200, the peer answers in its ACK.

use media::Codec;
use media::sdp::NegotiateError;

use crate::sides::{dialog, peer};

#[test]
fn the_answer_to_our_offer_decides() {
    let mut dialog = dialog(&[Codec::Pcma, Codec::Pcmu]);
    let offer = dialog.offer().to_string();
    let expected = "v=0\r\n\
        o=- 4711 1 IN IP4 198.51.100.1\r\n\
        s=-\r\n\
        c=IN IP4 198.51.100.1\r\n\
        t=0 0\r\n\
        m=audio 20000 RTP/AVP 8 0 101\r\n\
        a=rtpmap:8 PCMA/8000\r\n\
        a=rtpmap:0 PCMU/8000\r\n\
        a=rtpmap:101 telephone-event/8000\r\n\
        a=fmtp:101 0-15\r\n\
        a=ptime:20\r\n\
        a=sendrecv\r\n\
        a=rtcp-mux\r\n";
    assert_eq!(offer, expected);
    assert!(dialog.negotiated().is_none() && dialog.offer_is_open());
    let answer = peer(&["m=audio 4000 RTP/AVP 0"]);
    dialog.accept_answer(&answer).unwrap();
    let negotiated = dialog.negotiated().unwrap();
    assert_eq!(negotiated.codec, Codec::Pcmu);
    assert_eq!(negotiated.send.telephone_event, None);
    assert_eq!(negotiated.remote, Some("192.0.2.9:4000".parse().unwrap()));
    assert!(!negotiated.rtcp_mux);
}

#[test]
fn answers_that_do_not_fit_leave_the_dialog_as_it_was() {
    let table = [
        (peer(&["m=audio 0 RTP/AVP 0"]), NegotiateError::Refused),
        (peer(&[]), NegotiateError::LinesDiffer),
        (
            peer(&["m=audio 4000 RTP/AVP 0", "m=video 0 RTP/AVP 34"]),
            NegotiateError::LinesDiffer,
        ),
        (peer(&["m=audio 4000 RTP/AVP 18"]), NegotiateError::NoCommonCodec),
        (peer(&["m=audio 4000 RTP/AVP 8"]), NegotiateError::NoCommonCodec),
    ];
    for (answer, expected) in table {
        let mut dialog = dialog(&[Codec::Pcmu]);
        dialog.offer();
        assert_eq!(dialog.accept_answer(&answer), Err(expected));
        assert!(dialog.negotiated().is_none() && !dialog.offer_is_open());
    }
}

#[test]
fn offers_that_cross_are_out_of_step_until_ours_is_withdrawn() {
    let mut dialog = dialog(&[Codec::Pcmu]);
    let theirs = peer(&["m=audio 4000 RTP/AVP 0"]);
    assert_eq!(dialog.accept_answer(&theirs), Err(NegotiateError::OutOfStep));
    dialog.offer();
    assert_eq!(dialog.answer(&theirs).unwrap_err(), NegotiateError::OutOfStep);
    dialog.withdraw_offer();
    assert!(dialog.answer(&theirs).is_ok());
}
