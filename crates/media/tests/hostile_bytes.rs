//! Whatever a peer sends, nothing panics.
#![expect(clippy::disallowed_methods, reason = "virtual time has to start somewhere")]
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::net::SocketAddr;
use std::time::Instant;

use media::dtmf::{DigitReceiver, TelephoneEvent};
use media::limits::PACKET_BYTES_MAX;
use media::rtcp::RtcpView;
use media::rtp::{RtpHeader, RtpView};
use media::sdp::{Direction, LocalMedia, OfferAnswer, PayloadTypes, SessionDescription};
use media::{
    AudioDecoder, Codec, Latching, LegAudio, LegKey, SocketKey, StreamIdentity, Worker, WorkerCommand,
    WorkerConfig, parse_wav,
};
use proptest::prelude::*;

fn bytes(max: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..max)
}

/// Lines made of the words descriptions are made of, in any order.
fn almost_sdp() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "v=0",
        "o=- 1 1 IN IP4 1.2.3.4",
        "c=IN IP4 0.0.0.0",
        "c=IN IP6 ::1/3",
        "m=audio 4000 RTP/AVP 0 8 96",
        "m=audio 0 RTP/AVP 0",
        "m=video 1 UDP/TLS/RTP/SAVPF 96",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 110",
        "a=rtpmap:96 opus/48000/2",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:0 telephone-event/8000",
        "a=fmtp:96 x",
        "a=sendonly",
        "a=inactive",
        "a=mid:0",
        "a=rtcp-mux",
        "a=setup:active",
        "a=ice-ufrag:abcd",
        "a=candidate:1 1 udp 1 1.2.3.4 5 typ host",
        "a=ssrc:1 cname:x",
        "a=ptime:0",
        "a=fingerprint:sha-1 00",
        "a=group:BUNDLE 0",
        "é=\u{0}",
        "=",
        "m=",
        "a",
        "",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| {
        let mut lines = vec!["v=0", "o=- 1 1 IN IP4 1.2.3.4"];
        lines.extend(words);
        lines.join("\r\n")
    })
}

fn local() -> LocalMedia {
    LocalMedia {
        session_id: 1,
        address: "127.0.0.1:20000".parse().unwrap(),
        codecs: vec![Codec::Opus, Codec::Pcmu, Codec::Pcma],
        direction: Direction::SendRecv,
        ssrc: 1,
        cname: "offhook".to_owned(),
        webrtc: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_description_or_an_error(bytes in bytes(2_000)) {
        let _ = SessionDescription::parse(&bytes);
    }

    #[test]
    fn what_is_parsed_is_printed_so_that_it_parses_to_the_same(text in almost_sdp()) {
        if let Ok(parsed) = SessionDescription::parse(text.as_bytes()) {
            let printed = parsed.to_string();
            let again = SessionDescription::parse(printed.as_bytes()).unwrap();
            prop_assert_eq!(again.to_string(), printed);
        }
    }

    #[test]
    fn any_two_descriptions_can_be_exchanged(first in almost_sdp(), second in almost_sdp()) {
        let mut dialog = OfferAnswer::new(local());
        for text in [&first, &second] {
            if let Ok(offer) = SessionDescription::parse(text.as_bytes()) {
                if let Ok(answer) = dialog.answer(&offer) {
                    prop_assert_eq!(answer.media.len(), offer.media.len());
                    prop_assert_eq!(answer.media.iter().filter(|m| m.port != 0).count(), 1);
                }
                dialog.offer();
                let _ = dialog.accept_answer(&offer);
            }
        }
    }

    #[test]
    fn an_rtp_view_stays_within_its_packet_and_agrees_with_another_implementation(
        mut packet in bytes(100),
        is_likely in any::<bool>(),
    ) {
        if let (true, Some(first)) = (is_likely, packet.first_mut()) {
            *first = 0x80 | (*first & 0x3F);
        }
        let oracle = rtc_shared::marshal::Unmarshal::unmarshal(&mut &packet[..]);
        let oracle: Option<rtc_rtp::packet::Packet> = oracle.ok();
        if let Ok(view) = RtpView::parse(&packet) {
            prop_assert!(view.payload.start <= view.payload.end && view.payload.end <= packet.len());
            if let Some(oracle) = oracle {
                prop_assert_eq!(view.header.sequence, oracle.header.sequence_number);
                prop_assert_eq!(view.header.timestamp, oracle.header.timestamp);
                prop_assert_eq!(view.header.ssrc, oracle.header.ssrc);
                prop_assert_eq!(view.header.payload_type, oracle.header.payload_type);
                prop_assert_eq!(&packet[view.payload], &oracle.payload[..]);
            }
        }
    }

    #[test]
    fn a_header_written_is_a_header_read(
        payload_type in 0..128_u8, marker: bool, sequence: u16, timestamp: u32, ssrc: u32,
    ) {
        let header = RtpHeader { payload_type, marker, sequence, timestamp, ssrc };
        let mut packet = [0; 20];
        prop_assert_eq!(header.write(&mut packet), Some(12));
        let view = RtpView::parse(&packet).unwrap();
        prop_assert_eq!(view.header, header);
        prop_assert_eq!(view.payload, 12..20);
    }

    #[test]
    fn reports_events_audio_and_files_of_any_bytes_are_survived(bytes in bytes(400), ssrc: u32) {
        let _ = RtcpView::parse(&bytes, ssrc);
        let _ = TelephoneEvent::parse(&bytes);
        let _ = DigitReceiver::new(8_000).handle(ssrc, &bytes);
        let _ = parse_wav(&bytes);
        let _ = parse_wav(&[b"RIFF____WAVEfmt ", bytes.as_slice()].concat());
        for codec in [Codec::Opus, Codec::Pcma, Codec::Pcmu] {
            let count = AudioDecoder::new(codec).decode(&bytes, &mut [0; 1_000]);
            prop_assert!(count <= 1_000);
        }
    }

    #[test]
    fn a_worker_survives_any_datagrams(
        codecs in (0..3_usize, 0..3_usize),
        datagrams in prop::collection::vec((any::<[u8; 12]>(), bytes(300), 0..2_u32), 1..60),
    ) {
        let (mut worker, mut now) = bridged_worker(codecs);
        let mut buffer = [0; PACKET_BYTES_MAX];
        for (mut header, payload, socket) in datagrams {
            // Mostly RTP of a known payload type, of one source, close together.
            header[0] = 0x80 | (header[0] & 0x3F & (header[0] >> 1));
            header[1] &= [0x80, 0x88, 0xEF, 0xFF, 0x6F][usize::from(header[1]) % 5];
            header[2] = 0;
            header[4..].fill(0);
            header[7] = payload.len() as u8;
            let datagram = [&header[..], &payload].concat();
            buffer[..datagram.len()].copy_from_slice(&datagram);
            let source = SocketAddr::from(([127, 0, 0, 1], 4_000 + socket as u16));
            worker.handle_packet(SocketKey(socket), &mut buffer, datagram.len(), source, now);
            while worker.poll_transmit(&mut buffer, now).is_some() {}
            while worker.poll_event().is_some() {}
            now += media::limits::FRAME;
            worker.handle_timeout(now);
        }
    }
}

fn bridged_worker(codecs: (usize, usize)) -> (Worker, Instant) {
    const CODECS: [Codec; 3] = [Codec::Opus, Codec::Pcma, Codec::Pcmu];
    let now = Instant::now();
    let mut worker = Worker::new(WorkerConfig::default(), 1, now);
    for (number, codec) in [(0, CODECS[codecs.0]), (1, CODECS[codecs.1])] {
        let payload_types = PayloadTypes {
            audio: codec.default_payload_type(),
            telephone_event: Some(codec.default_telephone_event_payload_type()),
        };
        let add = WorkerCommand::AddRtpLeg {
            leg: LegKey(number),
            socket: SocketKey(number as u32),
            remote: Some(SocketAddr::from(([127, 0, 0, 1], 4_000 + number as u16))),
            latching: Latching::Symmetric,
            identity: StreamIdentity {
                ssrc: number as u32,
                cname: "offhook".to_owned(),
            },
            audio: LegAudio {
                codec,
                send: payload_types,
                receive: payload_types,
                direction: Direction::SendRecv,
                rtcp_mux: true,
            },
        };
        worker.handle_command(add, now);
    }
    let (a, b) = (LegKey(0), LegKey(1));
    worker.handle_command(WorkerCommand::Bridge { a, b }, now);
    (worker, now)
}
