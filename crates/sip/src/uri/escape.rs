use crate::parse::is_unreserved;

/// Escapes `text` for the user part of a SIP URI: what is neither unreserved nor user-unreserved
/// (RFC 3261 §25.1) becomes `%XX`, and so does every byte outside ASCII.
pub fn escape_user(text: &str) -> String {
    escape(text, is_user_char)
}

/// Replaces each `%XX` by its byte; the result may hold any byte, NUL and line ends included.
pub fn unescape(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut out = Vec::with_capacity(text.len());
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(hex_digit(*high) << 4 | hex_digit(*low));
                rest = after;
            }
            (plain, _) => out.push(*plain),
        }
    }
    out
}

pub(super) fn escape_param(text: &str) -> String {
    escape(text, is_param_char)
}

/// Whether `byte` may stand unescaped in a user part.
pub(super) fn is_user_char(byte: u8) -> bool {
    is_unreserved(byte) || b"&=+$,;?/".contains(&byte)
}

/// Whether `byte` may stand unescaped in a URI parameter.
pub(super) fn is_param_char(byte: u8) -> bool {
    is_unreserved(byte) || b"[]/:&+$".contains(&byte)
}

fn escape(text: &str, is_plain: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(upper_hex(byte >> 4));
            out.push(upper_hex(byte & 0x0f));
        }
    }
    out
}

fn upper_hex(nibble: u8) -> char {
    char::from(if nibble < 10 {
        b'0' + nibble
    } else {
        b'A' + nibble - 10
    })
}

fn hex_digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}
