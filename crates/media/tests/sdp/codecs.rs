//! Which codec, which payload types: a table.

use media::Codec;
use media::sdp::{NegotiateError, Negotiated, PayloadTypes, SessionDescription};

use crate::sides::{dialog, peer};

const G711: &[Codec] = &[Codec::Pcmu, Codec::Pcma];
const ALL: &[Codec] = &[Codec::Pcmu, Codec::Pcma, Codec::Opus];

struct Row {
    offered: &'static [&'static str],
    ours: &'static [Codec],
    agreed: Result<(Codec, u8, Option<u8>), NegotiateError>,
    answered: &'static str,
}

#[test]
fn an_offer_is_answered_with_one_codec_and_the_events_of_its_clock() {
    let table = [
        Row {
            offered: &[
                "m=audio 4000 RTP/AVP 0 8 101",
                "a=rtpmap:101 telephone-event/8000",
                "a=fmtp:101 0-16",
            ],
            ours: G711,
            agreed: Ok((Codec::Pcmu, 0, Some(101))),
            answered: "RTP/AVP 0 101",
        },
        Row {
            offered: &["m=audio 4000 RTP/AVP 8 0"],
            ours: G711,
            agreed: Ok((Codec::Pcmu, 0, None)),
            answered: "RTP/AVP 0",
        },
        Row {
            offered: &["m=audio 4000 RTP/AVP 18 8", "a=rtpmap:18 G729/8000"],
            ours: G711,
            agreed: Ok((Codec::Pcma, 8, None)),
            answered: "RTP/AVP 8",
        },
        Row {
            // The trap: events of another clock come first.
            offered: &[
                "m=audio 4000 RTP/AVP 110 0 126",
                "a=rtpmap:110 telephone-event/48000",
                "a=rtpmap:126 telephone-event/8000",
            ],
            ours: G711,
            agreed: Ok((Codec::Pcmu, 0, Some(126))),
            answered: "RTP/AVP 0 126",
        },
        Row {
            offered: &[
                "m=audio 4000 RTP/AVP 96 126 110",
                "a=rtpmap:96 OPUS/48000/2",
                "a=rtpmap:126 telephone-event/8000",
                "a=rtpmap:110 telephone-event/48000",
            ],
            ours: ALL,
            agreed: Ok((Codec::Opus, 96, Some(110))),
            answered: "RTP/AVP 96 110",
        },
        Row {
            // A dynamic number for a static codec, and the static number taken by another.
            offered: &[
                "m=audio 4000 RTP/AVP 0 97",
                "a=rtpmap:0 iLBC/8000",
                "a=rtpmap:97 pcmu/8000/1",
            ],
            ours: G711,
            agreed: Ok((Codec::Pcmu, 97, None)),
            answered: "RTP/AVP 97",
        },
        Row {
            offered: &["m=audio 4000 RTP/AVP 18", "a=rtpmap:18 G729/8000"],
            ours: G711,
            agreed: Err(NegotiateError::NoCommonCodec),
            answered: "",
        },
        Row {
            offered: &["m=audio 4000 RTP/AVP 96", "a=rtpmap:96 opus/48000"],
            ours: ALL,
            agreed: Err(NegotiateError::NoCommonCodec),
            answered: "",
        },
        Row {
            offered: &["m=audio 4000 RTP/SAVP 0"],
            ours: G711,
            agreed: Err(NegotiateError::NoAudio),
            answered: "",
        },
        Row {
            offered: &["m=audio 0 RTP/AVP 0"],
            ours: G711,
            agreed: Err(NegotiateError::NoAudio),
            answered: "",
        },
        Row {
            offered: &["m=video 4000 RTP/AVP 0"],
            ours: G711,
            agreed: Err(NegotiateError::NoAudio),
            answered: "",
        },
    ];
    for row in table {
        check(&row);
    }
}

fn check(row: &Row) {
    let mut dialog = dialog(row.ours);
    let answer = dialog.answer(&peer(row.offered));
    let agreed = dialog.negotiated().map(|negotiated| {
        assert_eq!(negotiated.send, negotiated.receive);
        let PayloadTypes {
            audio,
            telephone_event,
        } = negotiated.send;
        (negotiated.codec, audio, telephone_event)
    });
    match row.agreed {
        Ok(expected) => {
            assert_eq!(agreed, Some(expected), "{:?}", row.offered);
            let line = format!("m=audio 20000 {}\r\n", row.answered);
            let text = answer.unwrap().to_string();
            assert!(text.contains(&line), "{text}");
            assert_eq!(
                SessionDescription::parse(text.as_bytes()).unwrap().to_string(),
                text
            );
        }
        Err(expected) => {
            assert_eq!(answer.unwrap_err(), expected, "{:?}", row.offered);
            assert_eq!(agreed, None);
        }
    }
}

#[test]
fn an_answer_may_number_payload_types_its_own_way() {
    let mut dialog = dialog(&[Codec::Opus, Codec::Pcmu]);
    dialog.offer();
    let answer = peer(&[
        "m=audio 4000 RTP/AVP 120 96",
        "a=rtpmap:120 opus/48000/2",
        "a=rtpmap:96 telephone-event/48000",
    ]);
    dialog.accept_answer(&answer).unwrap();
    let Negotiated { send, receive, .. } = dialog.negotiated().unwrap();
    assert_eq!((send.audio, send.telephone_event), (120, Some(96)));
    assert_eq!((receive.audio, receive.telephone_event), (111, Some(110)));
}

#[test]
fn the_answerers_first_codec_counts() {
    let mut dialog = dialog(&[Codec::Pcmu, Codec::Pcma]);
    dialog.offer();
    dialog
        .accept_answer(&peer(&["m=audio 4000 RTP/AVP 8 0"]))
        .unwrap();
    assert_eq!(dialog.negotiated().unwrap().codec, Codec::Pcma);
}

#[test]
fn a_number_keeps_its_meaning_for_the_whole_dialog() {
    let mut dialog = dialog(ALL);
    let offer = peer(&[
        "m=audio 4000 RTP/AVP 0 111 96 97",
        "a=rtpmap:111 telephone-event/8000",
        "a=rtpmap:96 opus/48000/2",
        "a=rtpmap:97 G726-32/8000",
    ]);
    dialog.answer(&offer).unwrap();
    let offer = dialog.offer();
    let offered: Vec<(u8, &str, u32)> = offer.media[0]
        .formats
        .iter()
        .map(|format| {
            (
                format.payload_type,
                format.encoding.as_str(),
                format.clock_rate_hz,
            )
        })
        .collect();
    let expected = [
        (0, "PCMU", 8_000),
        (8, "PCMA", 8_000),
        (96, "opus", 48_000),
        (111, "telephone-event", 8_000),
        (110, "telephone-event", 48_000),
    ];
    assert_eq!(offered, expected);
}
