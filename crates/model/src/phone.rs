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
    /// form (`0…`) takes `calling_code`, the digits of the country the trunk belongs to.
    ///
    /// # Errors
    /// When what remains is not E.164.
    pub fn normalise(raw: &str, calling_code: &str) -> Result<Self, ParsePhoneNumberError> {
        let compact: String = raw
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/'))
            .collect();
        if compact.starts_with('+') {
            return compact.parse();
        }
        if let Some(international) = compact.strip_prefix("00") {
            return format!("+{international}").parse();
        }
        if let Some(national) = compact.strip_prefix('0') {
            return format!("+{calling_code}{national}").parse();
        }
        // Carriers often send E.164 without the plus; in the North American plan ten digits are national.
        if calling_code == "1" && compact.len() == 10 {
            return format!("+1{compact}").parse();
        }
        format!("+{compact}").parse()
    }

    /// The number with its `+`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
