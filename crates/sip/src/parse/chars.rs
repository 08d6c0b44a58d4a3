/// Whether `byte` may stand in a token (RFC 3261 §25.1).
pub(crate) fn is_token_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Whether `byte` may stand in a word, of which a Call-ID is made (RFC 3261 §25.1).
pub(crate) fn is_word_char(byte: u8) -> bool {
    is_token_char(byte) || b"()<>:\\\"/[]?{}".contains(&byte)
}

/// Whether `byte` may stand unquoted in a parameter value: token, host or the IPv6 literal without
/// brackets that RFC 5118 §4.5 asks receivers to take.
pub(crate) fn is_param_value_char(byte: u8) -> bool {
    is_token_char(byte) || b"[]:".contains(&byte)
}

/// Whether `byte` is unreserved in a URI (RFC 3261 §25.1).
pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte)
}

/// Whether `text` is a token: not empty and of token characters only.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().copied().all(is_token_char)
}

/// Whether every `%` in `text` is followed by two hexadecimal digits.
pub(crate) fn has_escape_pairs(text: &[u8]) -> bool {
    text.iter().enumerate().all(|(index, &byte)| {
        byte != b'%'
            || text
                .get(index + 1..index + 3)
                .is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
    })
}
