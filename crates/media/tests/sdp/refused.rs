//! Bytes that are no session description, and sloppy ones that are.

use media::limits::{SDP_BYTES_MAX, SDP_LINES_MAX, SDP_MEDIA_MAX};
use media::sdp::{ParseSdpError, SessionDescription};

const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\n";

#[test]
fn malformed_descriptions_are_refused_with_the_line() {
    use ParseSdpError::{Malformed, OriginMissing, TooLong, TooManyLines, TooManyMediaLines, VersionMissing};
    let media = |line: &str| format!("{HEAD}{line}\r\n");
    let audio = "m=audio 1 RTP/AVP 0\r\n";
    let table = [
        (String::new(), VersionMissing),
        ("\r\n".to_owned(), VersionMissing),
        ("v=1\r\n".to_owned(), VersionMissing),
        ("o=- 1 1 IN IP4 192.0.2.9\r\nv=0\r\n".to_owned(), VersionMissing),
        ("v=0\r\ns=-\r\n".to_owned(), OriginMissing),
        ("v=0\r\no=- x 1 IN IP4 192.0.2.9\r\n".to_owned(), Malformed(2)),
        ("v=0\r\no=- 1 1 IN IP4\r\n".to_owned(), Malformed(2)),
        (media("no equals sign"), Malformed(3)),
        (media("xy=1"), Malformed(3)),
        (media("c=IN IP9 192.0.2.9"), Malformed(3)),
        (media("c=ATM NSAP 1"), Malformed(3)),
        (media("m=audio 65536 RTP/AVP 0"), Malformed(3)),
        (media("m=audio -1 RTP/AVP 0"), Malformed(3)),
        (media("m=audio +1 RTP/AVP 0"), Malformed(3)),
        (media("m=audio 1 RTP/AVP"), Malformed(3)),
        (media("m=audio"), Malformed(3)),
        (media("m=audio 1 RTP/AVP 0\r\na=rtpmap:0"), Malformed(4)),
        (
            media("m=audio 1 RTP/AVP 0\r\na=rtpmap:128 PCMU/8000"),
            Malformed(4),
        ),
        (
            media("m=audio 1 RTP/AVP 0\r\na=rtpmap:0 PCMU/99999999999"),
            Malformed(4),
        ),
        (
            media("m=audio 1 RTP/AVP 0\r\na=fingerprint:sha-256 zz"),
            Malformed(4),
        ),
        (media(&format!("s={}", "x".repeat(3_000))), Malformed(3)),
        (
            format!("{HEAD}{}", audio.repeat(SDP_MEDIA_MAX + 1)),
            TooManyMediaLines,
        ),
        (
            format!("{HEAD}{}", "b=AS:1\r\n".repeat(SDP_LINES_MAX)),
            TooManyLines,
        ),
        (format!("{HEAD}{}", " ".repeat(SDP_BYTES_MAX)), TooLong),
    ];
    for (text, expected) in table {
        let parsed = SessionDescription::parse(text.as_bytes());
        assert_eq!(parsed.unwrap_err(), expected, "{:.80}", text);
    }
}

#[test]
fn sloppy_descriptions_are_understood() {
    let table: [&[u8]; 5] = [
        b"v=0\no=- 1 1 IN IP4 192.0.2.9\nc=IN IP4 192.0.2.9\nm=audio 4000 RTP/AVP 0\n",
        b"v=0\r\no=\xFCser 99999999999999999999 1 IN IP4 pbx\r\ns=M\xFCller\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0",
        b"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\nc=IN IP4 192.0.2.9/127\r\nm=audio 4000/2 RTP/AVP 0\r\na=ptime:20.0\r\n\r\n",
        b"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0 4294967296 -1 256\r\n",
        b"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\na=fmtp:0 x=1\r\na=\r\na=candidate:x\r\n",
    ];
    for text in table {
        let description = SessionDescription::parse(text).unwrap();
        let audio = &description.media[0];
        assert_eq!(audio.port, 4_000);
        assert_eq!(audio.connection, Some("192.0.2.9".parse().unwrap()));
        let known: Vec<u8> = audio.formats.iter().map(|f| f.payload_type).collect();
        assert_eq!(known, [0]);
    }
}
