//! Phone numbers in E.164.

use std::fmt;
use std::str::FromStr;

/// A phone number in E.164: `+`, then 2 to 15 digits, the first not zero.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

/// The text is not a phone number in E.164.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone number is `+` and 2 to 15 digits, for example +4930901820")]
pub struct ParsePhoneNumberError;

impl PhoneNumber {
    /// Normalises what a carrier or a person wrote: visual separators go, `00` becomes `+`, and a national
    /// form (`0…`) takes `calling_code`, the digits of the country the trunk belongs to. The zero of `+49 (0) 30` is
    /// dialed within the country only, so it goes too, except where it is part of the number.
    ///
    /// # Errors
    /// When what remains is not E.164.
    pub fn normalise(raw: &str, calling_code: &str) -> Result<Self, ParsePhoneNumberError> {
        let compact = without_trunk_prefix(raw).unwrap_or_else(|| without_separators(raw));
        if compact.starts_with('+') {
            return compact.parse();
        }
        if let Some(international) = compact.strip_prefix("00") {
            return format!("+{international}").parse();
        }
        if let Some(national) = compact.strip_prefix('0') {
            let zero = if keeps_zero(calling_code) { "0" } else { "" };
            return format!("+{calling_code}{zero}{national}").parse();
        }
        // Carriers often send E.164 without the plus; in the North American plan ten digits are national.
        if calling_code == "1" && compact.len() == 10 {
            return format!("+1{compact}").parse();
        }
        format!("+{compact}").parse()
    }

    /// The number without its `+`.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }

    /// The number with its `+`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text without what people put between digits to read them better (RFC 3966 section 3: visual separators), and
/// without the white space that a clipboard brings.
pub(crate) fn without_separators(raw: &str) -> String {
    let is_separator =
        |c: &char| c.is_whitespace() || matches!(c, '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}');
    raw.chars().filter(|c| !is_separator(c)).collect()
}

/// `+49 (0) 30 …` without its zero; none where there is no `(0)` right behind the country's code, or where it belongs to
/// the number.
fn without_trunk_prefix(raw: &str) -> Option<String> {
    let (before, after) = raw.split_once("(0)")?;
    let before = without_separators(before);
    let code = before.strip_prefix('+').or_else(|| before.strip_prefix("00"))?;
    let is_code = (1..=3).contains(&code.len()) && code.bytes().all(|c| c.is_ascii_digit());
    (is_code && !keeps_zero(code)).then(|| format!("+{code}{}", without_separators(after)))
}

/// Whether a zero that numbers begin with belongs to them, dialed from wherever: Italy with San Marino and the Vatican,
/// Côte d'Ivoire, Benin, Congo (national numbering plans as told to the ITU under E.129).
fn keeps_zero(calling_code: &str) -> bool {
    ["39", "378", "379", "225", "229", "242"].contains(&calling_code)
}

impl FromStr for PhoneNumber {
    type Err = ParsePhoneNumberError;

    fn from_str(text: &str) -> Result<Self, ParsePhoneNumberError> {
        let digits = text.strip_prefix('+').ok_or(ParsePhoneNumberError)?;
        let fits = (2..=15).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
        if !fits || digits.starts_with('0') {
            return Err(ParsePhoneNumberError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_and_international_forms_become_one() {
        for (raw, calling_code, expected) in [
            ("+49 30 901820", "49", Some("+4930901820")),
            ("0049 (30) 90-18-20", "49", Some("+4930901820")),
            ("+49 (0) 30 901820", "1", Some("+4930901820")),
            ("0049 (0)30 90\u{2011}18\u{a0}20\n", "49", Some("+4930901820")),
            ("+39 (0)6 698 1234", "49", Some("+39066981234")),
            ("06 698 1234", "39", Some("+39066981234")),
            ("07 07 12 34 56", "225", Some("+2250707123456")),
            ("+49 30 (0) 123456", "49", Some("+49300123456")),
            ("(0)30 901820", "49", Some("+4930901820")),
            ("030/901820", "49", Some("+4930901820")),
            ("4930901820", "49", Some("+4930901820")),
            ("212.555.0142", "1", Some("+12125550142")),
            ("12125550142", "1", Some("+12125550142")),
            ("anonymous", "49", None),
            ("", "49", None),
            ("+0301234", "49", None),
            ("+1234567890123456", "49", None),
        ] {
            let found = PhoneNumber::normalise(raw, calling_code).ok();
            assert_eq!(found.as_ref().map(PhoneNumber::as_str), expected, "{raw}");
        }
    }
}
