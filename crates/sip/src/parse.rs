//! The lexer all value parsers share: character classes of RFC 3261 §25.1 and a cursor over bytes.

mod chars;
mod scanner;

pub(crate) use self::chars::{
    has_escape_pairs, is_param_value_char, is_token, is_token_char, is_unreserved, is_word_char,
};
pub(crate) use self::scanner::Scanner;

/// Says why a header field value or a URI does not follow its grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// A `%` stands without two hexadecimal digits.
    #[error("a percent escape is incomplete")]
    BadEscape,
    /// The element named is missing where the grammar demands it.
    #[error("{0} is missing or malformed")]
    Expected(&'static str),
    /// A number does not fit the range its field allows.
    #[error("a number is out of range")]
    NumberOutOfRange,
    /// Text follows a value that was complete.
    #[error("unexpected text follows the value")]
    TrailingText,
    /// A quoted string, a comment or an angle bracket never closes.
    #[error("{0} never closes")]
    Unclosed(&'static str),
}
