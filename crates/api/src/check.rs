//! Checks of what people write: bounds, control characters, and all faults told at once.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::error::Error;
use crate::limits;

const NO_INVISIBLE: &str =
    "Remove the invisible characters: control and formatting characters are not allowed.";

/// The faults of a request: field path to a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Faults(BTreeMap<String, String>);

impl Faults {
    /// A request with one fault.
    #[must_use]
    pub(crate) fn one(field: &str, sentence: &str) -> Self {
        Self(BTreeMap::from([(field.to_owned(), sentence.to_owned())]))
    }

    /// Notes a fault; the first of a field stays.
    pub(crate) fn add(&mut self, field: &str, sentence: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| sentence.into());
    }

    /// Notes a fault unless the condition holds.
    pub(crate) fn demand(&mut self, condition: bool, field: &str, sentence: &str) {
        if !condition {
            self.add(field, sentence);
        }
    }

    /// All faults.
    #[must_use]
    pub(crate) const fn by_field(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// The first fault's sentence.
    #[must_use]
    pub(crate) fn summary(&self) -> &str {
        self.0
            .values()
            .next()
            .map_or("The request is not valid.", String::as_str)
    }

    /// Goes on when there is no fault.
    ///
    /// # Errors
    /// [`Error::ValidationFailed`] when there is one.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::ValidationFailed(self))
        }
    }

    /// A name for people: trimmed, 1 to [`limits::NAME_CHARS_MAX`] characters on one line.
    pub(crate) fn name(&mut self, field: &str, text: &str) -> String {
        let name = text.trim();
        let chars = name.chars().count();
        self.demand(chars > 0, field, "Enter a name.");
        if chars > limits::NAME_CHARS_MAX {
            self.add(
                field,
                format!("Use at most {} characters.", limits::NAME_CHARS_MAX),
            );
        }
        self.demand(!has_invisible(name), field, NO_INVISIBLE);
        name.to_owned()
    }

    /// Free text of several lines, at most `chars_max` characters.
    pub(crate) fn text(&mut self, field: &str, text: &str, chars_max: usize) -> String {
        if text.chars().count() > chars_max {
            self.add(field, format!("Use at most {chars_max} characters."));
        }
        let has_others = text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || turns_text_around(c));
        self.demand(!has_others, field, NO_INVISIBLE);
        text.to_owned()
    }

    /// An e-mail address, in lower case.
    pub(crate) fn email(&mut self, field: &str, text: &str) -> String {
        let email = text.trim().to_lowercase();
        self.demand(is_email(&email), field, "Enter an e-mail address.");
        email
    }

    /// A new password: long enough, not absurdly long; no rules of composition.
    pub(crate) fn password(&mut self, field: &str, text: &str) {
        let chars = text.chars().count();
        if chars < limits::PASSWORD_CHARS_MIN {
            self.add(
                field,
                format!("Use at least {} characters.", limits::PASSWORD_CHARS_MIN),
            );
        }
        if chars > limits::PASSWORD_CHARS_MAX {
            self.add(
                field,
                format!("Use at most {} characters.", limits::PASSWORD_CHARS_MAX),
            );
        }
        self.demand(!has_control(text), field, NO_INVISIBLE);
    }

    /// A number of seconds within bounds, both included.
    pub(crate) fn seconds(&mut self, field: &str, seconds: u32, bounds: RangeInclusive<u32>) -> u32 {
        if !bounds.contains(&seconds) {
            let (min, max) = bounds.into_inner();
            self.add(field, format!("Choose {min} to {max} seconds."));
        }
        seconds
    }

    /// A time zone of the IANA database.
    pub(crate) fn time_zone(&mut self, field: &str, text: &str) -> String {
        let known = text.len() <= limits::NAME_CHARS_MAX && model::hours::is_time_zone(text);
        self.demand(known, field, "Enter a time zone, for example Europe/Berlin.");
        text.to_owned()
    }

    /// An SDP offer of bounded size.
    pub(crate) fn sdp(&mut self, field: &str, text: &str) {
        let fits = !text.is_empty() && text.len() <= limits::SDP_BYTES_MAX && !text.contains('\0');
        self.demand(fits, field, "Send the browser's SDP offer.");
    }
}

/// Whether there is anything that nobody sees, and that makes one name look like another (Unicode TR 36 section 2.7).
#[must_use]
pub fn has_invisible(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars.iter().enumerate().any(|(at, c)| {
        let is_hidden = matches!(
            c.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        );
        is_hidden && !is_joiner(&chars, at)
    })
}

/// Persian, the scripts of India and emoji are written with joiners between two of their characters.
fn is_joiner(chars: &[char], at: usize) -> bool {
    let joins = |neighbour: Option<&char>| {
        neighbour.is_some_and(|c| !c.is_ascii() && c.general_category() != GeneralCategory::Format)
    };
    matches!(chars[at], '\u{200c}' | '\u{200d}')
        && joins(at.checked_sub(1).and_then(|before| chars.get(before)))
        && joins(chars.get(at + 1))
}

/// The embeddings, overrides and isolates of the bidirectional algorithm (Unicode TR 9 section 2).
const fn turns_text_around(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

/// Good enough to send a mail to: the mail itself is the proof.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let label_fits = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    text.len() <= limits::EMAIL_BYTES_MAX
        && !local.is_empty()
        && local.len() <= 64
        && !has_invisible(local)
        && !local
            .chars()
            .any(|c| c.is_whitespace() || "@<>()[]\\,;:\"".contains(c))
        && domain.split('.').all(label_fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_a_mail_can_be_sent_to() {
        for (text, expected) in [
            ("maya@acme.example", true),
            ("maya+calls@acme.co.example", true),
            ("root@localhost", true),
            ("jörg@bücher.example", true),
            ("", false),
            ("maya", false),
            ("@acme.example", false),
            ("maya@", false),
            ("maya@acme..example", false),
            ("maya@-acme.example", false),
            ("ma ya@acme.example", false),
            ("maya@acme.example\r\nBcc: all@acme.example", false),
            ("a@b@c.example", false),
            ("ma\u{200b}ya@acme.example", false),
        ] {
            assert_eq!(is_email(text), expected, "{text:?}");
        }
    }

    #[test]
    fn every_fault_of_a_request_is_told_at_once() {
        let mut faults = Faults::default();
        faults.name("company", " \t ");
        faults.email("email", "nobody");
        faults.password("password", "short");
        faults.time_zone("time_zone", "Mars/Olympus");
        let fields: Vec<_> = faults.by_field().keys().map(String::as_str).collect();
        assert_eq!(fields, ["company", "email", "password", "time_zone"]);
    }

    #[test]
    fn a_name_shows_all_that_it_is() {
        for (text, expected) in [
            ("Acme Outdoor", true),
            ("Bücher & Söhne", true),
            ("日本サポート", true),
            ("می\u{200c}خواهم", true),
            ("Team 👩\u{200d}💻", true),
            ("Sup\u{ad}port", false),
            ("Sup\u{200b}port", false),
            ("Sup\u{200d}port", false),
            ("\u{202e}troppuS", false),
            ("\u{2066}Support\u{2069}", false),
            ("Support\u{feff}!", false),
            ("Support\u{e0041}", false),
            ("one\u{2028}two", false),
            ("bell\u{7}", false),
        ] {
            let mut faults = Faults::default();
            faults.name("name", text);
            assert_eq!(faults == Faults::default(), expected, "{text:?}");
        }
    }

    #[test]
    fn control_characters_are_refused_and_line_breaks_only_taken_in_notes() {
        let mut faults = Faults::default();
        faults.text("notes", "one\ntwo", 100);
        assert_eq!(faults, Faults::default());
        faults.text("notes", "bell\u{7}", 100);
        faults.name("name", "two\nlines");
        faults.text("script", "read \u{202e}siht", 100);
        assert_eq!(faults.by_field().len(), 3);
    }
}
