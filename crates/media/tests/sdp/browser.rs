//! The offer of a browser.

use media::Codec;
use media::sdp::{Direction, NegotiateError, OfferAnswer, SessionDescription, Setup};

use crate::sides::{browser_line, parse};

/// What Chromium offers for a microphone, with a video line it was made to have.
const CHROMIUM: &[&str] = &[
    "v=0",
    "o=- 8290374650913847561 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    "a=extmap-allow-mixed",
    "a=msid-semantic: WMS 0e2d",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126",
    "c=IN IP4 0.0.0.0",
    "a=rtcp:9 IN IP4 0.0.0.0",
    "a=candidate:1 1 udp 2113937151 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 61764 typ host",
    "a=candidate:2 1 udp 1677729535 203.0.113.5 61764 typ srflx raddr 0.0.0.0 rport 0",
    "a=candidate:3 1 tcp 1518280447 192.0.2.5 9 typ host tcptype active",
    "a=ice-ufrag:Ae4+",
    "a=ice-pwd:UqDGLD1rUyN5NdaLlSxvTkVO",
    "a=ice-options:trickle",
    "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:\
     00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:ff",
    "a=setup:actpass",
    "a=mid:0",
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=sendrecv",
    "a=msid:0e2d a1b2",
    "a=rtcp-mux",
    "a=rtcp-rsize",
    "a=rtpmap:111 opus/48000/2",
    "a=rtcp-fb:111 transport-cc",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=rtpmap:63 red/48000/2",
    "a=fmtp:63 111/111",
    "a=rtpmap:9 G722/8000",
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:8 PCMA/8000",
    "a=rtpmap:13 CN/8000",
    "a=rtpmap:110 telephone-event/48000",
    "a=rtpmap:126 telephone-event/8000",
    "a=ssrc:3719473812 cname:Zr6Kx1",
    "a=ssrc:3719473812 msid:0e2d a1b2",
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "c=IN IP4 0.0.0.0",
    "a=mid:1",
    "a=rtpmap:96 VP8/90000",
];

#[test]
fn its_audio_is_answered_by_a_lite_agent_and_its_video_refused() {
    let offer = parse(CHROMIUM);
    let mut dialog = OfferAnswer::new(browser_line());
    let answer = dialog.answer(&offer).unwrap();
    let digest = ["AB"; 32].join(":");
    let expected = format!(
        "v=0\r\n\
        o=- 4711 1 IN IP4 198.51.100.1\r\n\
        s=-\r\n\
        c=IN IP4 198.51.100.1\r\n\
        t=0 0\r\n\
        a=ice-lite\r\n\
        a=group:BUNDLE 0\r\n\
        m=audio 20000 UDP/TLS/RTP/SAVPF 111 110\r\n\
        a=mid:0\r\n\
        a=rtpmap:111 opus/48000/2\r\n\
        a=fmtp:111 minptime=10;useinbandfec=1\r\n\
        a=rtpmap:110 telephone-event/48000\r\n\
        a=fmtp:110 0-15\r\n\
        a=ptime:20\r\n\
        a=sendrecv\r\n\
        a=rtcp-mux\r\n\
        a=ice-ufrag:ours\r\n\
        a=ice-pwd:a+22+character+password\r\n\
        a=fingerprint:sha-256 {digest}\r\n\
        a=setup:active\r\n\
        a=candidate:1 1 udp 2130706431 198.51.100.1 20000 typ host\r\n\
        a=end-of-candidates\r\n\
        a=msid:offhook offhook\r\n\
        a=ssrc:1 cname:offhook\r\n\
        m=video 0 UDP/TLS/RTP/SAVPF 96\r\n\
        a=mid:1\r\n"
    );
    assert_eq!(answer.to_string(), expected);
    assert_eq!(
        SessionDescription::parse(expected.as_bytes())
            .unwrap()
            .to_string(),
        expected
    );

    let negotiated = dialog.negotiated().unwrap();
    assert_eq!(negotiated.codec, Codec::Opus);
    assert_eq!(
        negotiated.direction,
        Direction::SendRecv,
        "0.0.0.0 is no hold here"
    );
    assert_eq!(negotiated.remote, None);
    let remote = negotiated.webrtc.as_ref().unwrap();
    assert_eq!(remote.ice.ufrag, "Ae4+");
    assert_eq!(remote.local_setup, Setup::Active);
    assert_eq!(remote.fingerprints[0].digest[15..17], [0xFF, 0x00]);
    let candidates: Vec<String> = remote.candidates.iter().map(|c| c.address.to_string()).collect();
    assert_eq!(candidates, ["203.0.113.5:61764"], "no TCP, no mDNS");
}

#[test]
fn the_choice_of_g711_brings_the_events_of_8_khz() {
    let mut local = browser_line();
    local.codecs = vec![Codec::Pcmu];
    let mut dialog = OfferAnswer::new(local);
    dialog.answer(&parse(CHROMIUM)).unwrap();
    let send = dialog.negotiated().unwrap().send;
    assert_eq!((send.audio, send.telephone_event), (0, Some(126)));
}

#[test]
fn an_incomplete_secure_transport_is_refused() {
    let cases = [
        ("a=ice-ufrag", "a=x"),
        ("a=ice-ufrag:Ae4+", "a=ice-ufrag:Ae4"),
        ("a=ice-pwd:UqD", "a=ice-pwd:UqD-"),
        ("a=fingerprint", "a=x"),
        ("a=setup:actpass", "a=setup:holdconn"),
        ("a=rtcp-mux", "a=x"),
    ];
    for (from, to) in cases {
        let text = CHROMIUM.join("\r\n").replacen(from, to, 1);
        let offer = SessionDescription::parse(text.as_bytes()).unwrap();
        let refusal = OfferAnswer::new(browser_line()).answer(&offer).unwrap_err();
        assert_eq!(refusal, NegotiateError::SecureTransportIncomplete, "{from}");
    }
}

#[test]
fn a_plain_offer_on_a_browsers_line_is_refused_and_the_reverse() {
    let plain = parse(&[
        "v=0",
        "o=- 1 1 IN IP4 192.0.2.9",
        "c=IN IP4 192.0.2.9",
        "m=audio 4000 RTP/AVP 0",
    ]);
    let refusal = OfferAnswer::new(browser_line()).answer(&plain).unwrap_err();
    assert_eq!(refusal, NegotiateError::NoAudio);
    let refusal = crate::sides::dialog(&[Codec::Opus])
        .answer(&parse(CHROMIUM))
        .unwrap_err();
    assert_eq!(refusal, NegotiateError::NoAudio);
}
