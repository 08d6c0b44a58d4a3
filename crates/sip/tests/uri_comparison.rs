//! Which URIs name the same resource (RFC 3261 §19.1.4, RFC 3966 §4).

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use sip::{Host, Uri};

#[test]
fn the_examples_of_rfc_3261_compare_as_it_says() {
    let equivalent = [
        (
            "sip:%61lice@atlanta.com;transport=TCP",
            "sip:alice@AtLanTa.CoM;Transport=tcp",
        ),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
        (
            "sip:carol@chicago.com;newparam=5",
            "sip:carol@chicago.com;security=on",
        ),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
    ];
    for (left, right) in equivalent {
        assert!(uri(left).is_equivalent(&uri(right)), "{left} and {right}");
        assert!(uri(right).is_equivalent(&uri(left)), "{right} and {left}");
    }
    let different = [
        (
            "SIP:ALICE@AtLanTa.CoM;Transport=udp",
            "sip:alice@AtLanTa.CoM;Transport=UDP",
        ),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
        (
            "sip:carol@chicago.com",
            "sip:carol@chicago.com?Subject=next%20meeting",
        ),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        (
            "sip:carol@chicago.com;security=on",
            "sip:carol@chicago.com;security=off",
        ),
        ("sip:a%40b@example.com", "sip:a@example.com"),
        ("sip:alice@atlanta.com", "sips:alice@atlanta.com"),
    ];
    for (left, right) in different {
        assert!(!uri(left).is_equivalent(&uri(right)), "{left} and {right}");
        assert!(!uri(right).is_equivalent(&uri(left)), "{right} and {left}");
    }
}

#[test]
fn visual_separators_do_not_change_a_telephone_number() {
    assert!(uri("tel:+1-(201)-555.0123").is_equivalent(&uri("tel:+12015550123")));
    assert!(!uri("tel:+12015550123").is_equivalent(&uri("tel:12015550123")));
    let context = "tel:7042;phone-context=example.com";
    assert!(!uri(context).is_equivalent(&uri("tel:7042")));
}

#[test]
fn an_ipv6_address_compares_by_value() {
    assert!(uri("sip:[2001:DB8::0010]").is_equivalent(&uri("sip:[2001:db8::10]")));
}

#[test]
fn what_is_no_uri_is_refused() {
    let refused = [
        "",
        "sip:",
        "sip",
        "example.com",
        "sip:@example.com",
        "sip:a@",
        "sip:a@b@example.com",
        "sip:a b@example.com",
        "sip:a@exa mple.com",
        "sip:a@example.com:",
        "sip:a@example.com:0",
        "sip:a@example.com:65536",
        "sip:a@example.com:-1",
        "sip:a@[::1",
        "sip:a@2001:db8::10",
        "sip:a@example.com;",
        "sip:a@example.com;x=1;X=2",
        "sip:a@example.com;=x",
        "sip:a@example.com;x=",
        "sip:a%4@example.com",
        "sip:a@example.com?",
        "sip:a@example.com?x",
        "sip:a\"@example.com",
        "<sip:a@example.com>",
        "sip:a@-example.com",
        "sip:a@exa..mple.com",
        "tel:",
        "tel:+",
        "tel:alice",
        "1sip:a@b",
        "sip:a@example.com\r\nX: y",
        "sip:ä@example.com",
    ];
    for text in refused {
        assert!(Uri::parse(text.as_bytes()).is_err(), "{text:?}");
    }
}

#[test]
fn parts_are_where_they_belong() {
    let full = uri("sips:al;ice?x/y:se$cret@Example.COM.:5071;lr;transport=TLS?a=b&c=");
    let sip = full.as_sip().unwrap();
    assert!(sip.is_secure() && sip.is_loose_router());
    assert_eq!(
        (sip.user(), sip.password()),
        (Some("al;ice?x/y"), Some("se$cret"))
    );
    assert_eq!(sip.host, Host::parse("example.com.").unwrap());
    assert_eq!(sip.port, Some(5071));
    assert_eq!(sip.params.get("TRANSPORT"), Some("TLS"));
    assert_eq!(sip.headers().len(), 2);
    let printed = "sips:al;ice?x/y:se$cret@example.com.:5071;lr;transport=TLS?a=b&c=";
    assert_eq!(full.to_string(), printed);
}

fn uri(text: &str) -> Uri {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}
