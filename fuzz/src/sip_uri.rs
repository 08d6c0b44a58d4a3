use sip::Uri;

/// The input is a URI. What reads prints to what reads the same, on one line and without a space.
pub(crate) fn run(input: &[u8]) {
    let Ok(uri) = Uri::parse(input) else { return };
    let printed = uri.to_string();
    assert!(printed.bytes().all(|byte| byte.is_ascii_graphic()));
    assert_eq!(Uri::parse(printed.as_bytes()).as_ref(), Ok(&uri));
    assert!(uri.is_equivalent(&uri));
}
