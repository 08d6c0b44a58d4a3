use sip::{
    CSeq, Challenge, Credentials, Disposition, Event, HeaderName, HeaderValue, Headers, MediaType, MinSe,
    NameAddr, RAck, Reason, Replaces, RetryAfter, SessionExpires, SubscriptionState, Via,
};

/// The input is a header value. Each typed view reads it or not; what reads prints to what reads the
/// same, and never breaks out of its line.
pub(crate) fn run(input: &[u8]) {
    let mut headers = Headers::new();
    headers.push(HeaderName::Subject, input.to_vec());
    let value = headers.get(&HeaderName::Subject).expect("it was pushed").clone();
    check::<CSeq>(&value);
    check::<Challenge>(&value);
    check::<Credentials>(&value);
    check::<Disposition>(&value);
    check::<Event>(&value);
    check::<MediaType>(&value);
    check::<MinSe>(&value);
    check::<NameAddr>(&value);
    check::<RAck>(&value);
    check::<Reason>(&value);
    check::<Replaces>(&value);
    check::<RetryAfter>(&value);
    check::<SessionExpires>(&value);
    check::<SubscriptionState>(&value);
    check::<Via>(&value);
    check_lists(&value);
}

fn check<T: HeaderValue + PartialEq + std::fmt::Debug>(value: &[u8]) {
    let Ok(read) = T::parse(value) else { return };
    let printed = read.to_bytes();
    assert!(!printed.iter().any(|byte| matches!(byte, b'\r' | b'\n')));
    assert_eq!(T::parse(&printed).as_ref(), Ok(&read), "printed as {printed:?}");
}

fn check_lists(value: &[u8]) {
    let mut headers = Headers::new();
    for name in [
        HeaderName::Via,
        HeaderName::Contact,
        HeaderName::Accept,
        HeaderName::Allow,
    ] {
        headers.push(name, value.to_vec());
    }
    let views = (
        headers.vias(),
        headers.contacts(),
        headers.accept(),
        headers.allow(),
    );
    if views.0.is_ok() {
        assert!(headers.pop_via().is_ok());
    }
}
