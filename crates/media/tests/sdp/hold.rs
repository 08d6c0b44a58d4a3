//! Hold in all its spellings (RFC 3264 section 8.4).

use media::Codec;
use media::sdp::Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
use media::sdp::NegotiateError;

use crate::sides::{dialog, peer};

#[test]
fn the_answer_says_what_both_sides_allow() {
    let address = "c=IN IP4 192.0.2.9";
    let nowhere = "c=IN IP4 0.0.0.0";
    // Offered, our wish, agreed as seen from us, a destination is known.
    let table = [
        (address, "sendrecv", SendRecv, SendRecv, true),
        (address, "sendonly", SendRecv, RecvOnly, true),
        (address, "recvonly", SendRecv, SendOnly, true),
        (address, "inactive", SendRecv, Inactive, true),
        (address, "sendrecv", SendOnly, SendOnly, true),
        (address, "sendonly", SendOnly, Inactive, true),
        (address, "recvonly", RecvOnly, Inactive, true),
        (address, "sendrecv", Inactive, Inactive, true),
        (nowhere, "sendrecv", SendRecv, RecvOnly, false),
        (nowhere, "sendonly", SendRecv, RecvOnly, false),
        (nowhere, "inactive", SendRecv, Inactive, false),
    ];
    for (connection, offered, wish, agreed, has_destination) in table {
        let mut dialog = dialog(&[Codec::Pcmu]);
        dialog.set_direction(wish);
        let attribute = format!("a={offered}");
        let offer = peer(&["m=audio 4000 RTP/AVP 0", connection, &attribute]);
        let answer = dialog.answer(&offer).unwrap();
        let negotiated = dialog.negotiated().unwrap();
        let context = format!("{connection} {offered} {wish:?}");
        assert_eq!(negotiated.direction, agreed, "{context}");
        assert_eq!(answer.media[0].direction, agreed, "{context}");
        assert_eq!(negotiated.remote.is_some(), has_destination, "{context}");
    }
}

#[test]
fn the_sessions_direction_holds_for_lines_without_one() {
    let offer = peer(&["a=sendonly", "m=audio 4000 RTP/AVP 0"]);
    let mut dialog = dialog(&[Codec::Pcmu]);
    dialog.answer(&offer).unwrap();
    assert_eq!(dialog.negotiated().unwrap().direction, RecvOnly);
}

#[test]
fn holding_and_retrieving_count_the_version_up_and_keep_the_session() {
    let mut dialog = dialog(&[Codec::Pcmu]);
    let origin = |text: &str| text.lines().nth(1).unwrap().to_owned();
    assert_eq!(
        origin(&dialog.offer().to_string()),
        "o=- 4711 1 IN IP4 198.51.100.1"
    );
    let answer = peer(&["m=audio 4000 RTP/AVP 0"]);
    dialog.accept_answer(&answer).unwrap();

    dialog.set_direction(SendOnly);
    let hold = dialog.offer().to_string();
    assert_eq!(origin(&hold), "o=- 4711 2 IN IP4 198.51.100.1");
    assert!(hold.contains("a=sendonly\r\n"));
    let answer = peer(&["m=audio 4000 RTP/AVP 0", "a=recvonly"]);
    dialog.accept_answer(&answer).unwrap();
    assert_eq!(dialog.negotiated().unwrap().direction, SendOnly);

    let refresh = dialog.offer().to_string();
    assert_eq!(refresh, hold, "a session timer's refresh changes nothing");
    dialog.accept_answer(&answer).unwrap();

    dialog.set_direction(SendRecv);
    assert_eq!(
        origin(&dialog.offer().to_string()),
        "o=- 4711 3 IN IP4 198.51.100.1"
    );
}

#[test]
fn an_address_that_nothing_can_be_sent_to_is_refused_and_the_stream_stays_as_it_was() {
    use NegotiateError::{AddressFamily, AddressMissing, AddressMulticast, AddressUnusable};
    let table = [
        ("c=IN IP4 224.2.17.12/127", AddressMulticast),
        ("c=IN IP4 239.255.255.255", AddressMulticast),
        ("c=IN IP6 ff15::101/3", AddressMulticast),
        ("c=IN IP6 ::ffff:224.2.17.12", AddressMulticast),
        ("c=IN IP4 255.255.255.255", AddressUnusable),
        ("c=IN IP4 240.0.0.1", AddressUnusable),
        ("c=IN IP4 0.0.0.1", AddressUnusable),
        ("c=IN IP6 ::", AddressUnusable),
        ("c=IN IP6 2001:db8::9", AddressFamily),
        ("c=IN IP4 pbx.example", AddressMissing),
    ];
    for (connection, expected) in table {
        let mut dialog = dialog(&[Codec::Pcmu]);
        let offer = peer(&["m=audio 4000 RTP/AVP 0", "c=IN IP4 192.0.2.9"]);
        dialog.answer(&offer).unwrap();
        let before = dialog.negotiated().cloned();
        let unusable = peer(&["m=audio 4000 RTP/AVP 0", connection]);
        assert_eq!(dialog.answer(&unusable), Err(expected), "{connection}");
        dialog.offer();
        assert_eq!(dialog.accept_answer(&unusable), Err(expected), "{connection}");
        assert_eq!(dialog.negotiated().cloned(), before, "{connection}");
    }
}
