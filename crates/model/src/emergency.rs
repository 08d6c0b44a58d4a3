//! Emergency numbers, and what somebody dialed.

mod numbers;

use std::fmt;
use std::str::FromStr;

use crate::phone::without_separators;
use crate::{ParsePhoneNumberError, PhoneNumber};

/// Reach an emergency service from every mobile phone, whatever the country (3GPP TS 22.101 §10.1.1); whoever dials
/// them means nothing else.
const EVERYWHERE: [&str; 2] = ["112", "911"];

/// The number of an emergency service as it is dialed in its country: 2 to 6 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmergencyNumber(String);

/// The text is not 2 to 6 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an emergency number is 2 to 6 digits, for example 112")]
pub struct ParseEmergencyNumberError;

/// Whom somebody dialed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialed {
    /// An emergency service.
    Emergency(EmergencyNumber),
    /// Anybody else.
    Number(PhoneNumber),
}

impl EmergencyNumber {
    /// The emergency number that somebody meant who dialed this in the country of `calling_code`, the digits of its
    /// code; none when they meant no emergency service. `+49112`, `00 49 112`, `+49 (0) 112` and `+112` mean `112` there:
    /// completed like other numbers, they would reach a stranger or nobody.
    #[must_use]
    pub fn recognise(raw: &str, calling_code: &str) -> Option<Self> {
        let compact = without_separators(raw);
        let plain = compact.strip_prefix('+').unwrap_or(&compact);
        let is_known = |digits: &&str| is_known_in(calling_code, digits);
        let international = plain.strip_prefix("00");
        let spellings = [Some(plain), plain.strip_prefix('0'), international];
        spellings
            .into_iter()
            .flatten()
            .flat_map(|digits| {
                let national = digits.strip_prefix(calling_code);
                let after_zero = national.and_then(|national| national.strip_prefix('0'));
                [Some(digits), national, after_zero]
            })
            .flatten()
            .find(is_known)
            .map(|digits| Self(digits.to_owned()))
    }

    /// The emergency number of some country that somebody may have meant whose own country is not known.
    #[must_use]
    pub fn recognise_anywhere(raw: &str) -> Option<Self> {
        let mut codes = numbers::BY_CALLING_CODE.iter().map(|(code, _)| code);
        codes.find_map(|code| Self::recognise(raw, code))
    }

    /// Whether it reaches an emergency service in the country of `calling_code` too.
    #[must_use]
    pub fn is_known_in(&self, calling_code: &str) -> bool {
        is_known_in(calling_code, &self.0)
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmergencyNumber {
    type Err = ParseEmergencyNumberError;

    fn from_str(text: &str) -> Result<Self, ParseEmergencyNumberError> {
        let fits = (2..=6).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
        fits.then(|| Self(text.to_owned()))
            .ok_or(ParseEmergencyNumberError)
    }
}

impl fmt::Display for EmergencyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EmergencyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Dialed {
    /// The fewest digits of a number, its country's included: what is shorter is a short code, which reaches something
    /// else in each country, or was not written to its end.
    const DIGITS_MIN: usize = 7;

    /// Reads what was dialed in the country of `calling_code`, the digits of its code.
    ///
    /// # Errors
    /// When it is neither an emergency number there nor a phone number.
    pub fn read(raw: &str, calling_code: &str) -> Result<Self, ParsePhoneNumberError> {
        if let Some(number) = EmergencyNumber::recognise(raw, calling_code) {
            return Ok(Self::Emergency(number));
        }
        let digits_count = raw.chars().filter(char::is_ascii_digit).count();
        let is_bare = !raw.trim_start().starts_with(['+', '0', '(']);
        let number = PhoneNumber::normalise(raw, calling_code)?;
        if number.digits().len() < Self::DIGITS_MIN || is_bare && digits_count < Self::DIGITS_MIN {
            return Err(ParsePhoneNumberError);
        }
        Ok(Self::Number(number))
    }

    /// Whether an emergency service was dialed.
    #[must_use]
    pub const fn is_emergency(&self) -> bool {
        match self {
            Self::Emergency(_) => true,
            Self::Number(_) => false,
        }
    }
}

impl fmt::Display for Dialed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Emergency(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

fn is_known_in(calling_code: &str, digits: &str) -> bool {
    EVERYWHERE.contains(&digits) || of_country(calling_code).contains(&digits)
}

/// The emergency numbers of the countries that share a calling code.
fn of_country(calling_code: &str) -> &'static [&'static str] {
    let table = numbers::BY_CALLING_CODE;
    table
        .binary_search_by_key(&calling_code, |(code, _)| code)
        .map_or(&[], |found| table[found].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dialed_is_an_emergency_number_or_a_phone_number_or_nothing() {
        let (emergency, number) = (true, false);
        for (raw, calling_code, expected) in [
            ("112", "49", Some((emergency, "112"))),
            ("110", "49", Some((emergency, "110"))),
            ("1-1-0", "49", Some((emergency, "110"))),
            ("+49 112", "49", Some((emergency, "112"))),
            ("0049112", "49", Some((emergency, "112"))),
            ("0112", "49", Some((emergency, "112"))),
            ("+112", "49", Some((emergency, "112"))),
            ("+49 (0) 112", "49", Some((emergency, "112"))),
            ("+490112", "49", Some((emergency, "112"))),
            ("0049 0 110", "49", Some((emergency, "110"))),
            ("112\u{a0}\n", "49", Some((emergency, "112"))),
            ("0", "49", None),
            ("09112", "49", None),
            ("+49112345", "49", Some((number, "+49112345"))),
            ("911", "49", Some((emergency, "911"))),
            ("911", "1", Some((emergency, "911"))),
            ("+1911", "1", Some((emergency, "911"))),
            ("000", "61", Some((emergency, "000"))),
            ("999", "44", Some((emergency, "999"))),
            ("10111", "27", Some((emergency, "10111"))),
            ("118", "39", Some((emergency, "118"))),
            ("118", "49", None),
            ("999", "49", None),
            ("11833", "49", None),
            ("", "49", None),
            ("anonymous", "49", None),
            ("+49 30 901820", "49", Some((number, "+4930901820"))),
            ("030 901820", "49", Some((number, "+4930901820"))),
            ("0112 34567", "49", Some((number, "+4911234567"))),
            ("+1 911 555 0142", "1", Some((number, "+19115550142"))),
            ("212 555 0142", "1", Some((number, "+12125550142"))),
        ] {
            let found = Dialed::read(raw, calling_code).ok();
            let found = found.map(|dialed| (dialed.is_emergency(), dialed.to_string()));
            let expected = expected.map(|(is_emergency, text)| (is_emergency, text.to_owned()));
            assert_eq!(found, expected, "{raw} in {calling_code}");
        }
    }

    #[test]
    fn where_the_country_is_not_known_the_numbers_of_all_are_recognised() {
        for (raw, expected) in [
            ("112", Some("112")),
            ("1-1-0", Some("110")),
            ("+49 110", Some("110")),
            ("999", Some("999")),
            ("10111", Some("10111")),
            ("+49 30 901820", None),
            ("212 555 0142", None),
            ("", None),
        ] {
            let found = EmergencyNumber::recognise_anywhere(raw);
            assert_eq!(found.as_ref().map(EmergencyNumber::as_str), expected, "{raw}");
        }
    }

    #[test]
    fn the_table_is_in_order_and_each_number_reads_as_one() {
        let table = numbers::BY_CALLING_CODE;
        assert!(table.is_sorted_by_key(|(code, _)| code));
        for (code, numbers) in table {
            for number in *numbers {
                let parsed: EmergencyNumber = number.parse().unwrap();
                assert_eq!(EmergencyNumber::recognise(number, code), Some(parsed), "{code}");
            }
        }
    }
}
