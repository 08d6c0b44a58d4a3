//! The prompts that ship with Offhook; `deploy/prompts` tells how they are made.

use std::sync::Arc;

use crate::codec::{AudioDecoder, Codec};
use crate::playback::Prompt;

/// A prompt that ships with Offhook.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BuiltinPrompt {
    /// Its name, as flows say it.
    pub name: &'static str,
    /// The words it speaks; empty for music.
    pub text: &'static str,
    /// The WAV file: 8 kHz mono µ-law.
    pub wav: &'static [u8],
}

impl BuiltinPrompt {
    /// The prompt of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        BUILTIN_PROMPTS.iter().find(|prompt| prompt.name == name)
    }

    /// The µ-law bytes, 8,000 a second.
    pub fn mu_law(&self) -> &'static [u8] {
        &self.wav[WAV_HEADER_BYTES..]
    }

    /// The samples, ready to be played; decode once and share.
    pub fn samples(&self) -> Prompt {
        let mu_law = self.mu_law();
        let mut samples = vec![0; mu_law.len()];
        let count = AudioDecoder::new(Codec::Pcmu).decode(mu_law, &mut samples);
        debug_assert_eq!(count, mu_law.len(), "µ-law has a sample a byte");
        Arc::from(samples)
    }
}

/// What tells a caller the place in line: "You are number … in line.", or beyond twenty only that
/// all agents are busy.
pub fn position_in_line(number: u32) -> Vec<&'static BuiltinPrompt> {
    let number = format!("number-{number}");
    let names = match BuiltinPrompt::find(&number) {
        Some(_) => vec!["you-are-number", &number, "in-line"],
        None => vec!["all-busy"],
    };
    let prompts = names.into_iter().filter_map(BuiltinPrompt::find);
    prompts.collect()
}

/// What `make.py` writes before the samples.
const WAV_HEADER_BYTES: usize = 58;

macro_rules! builtin {
    ($name:literal, $text:literal) => {
        BuiltinPrompt {
            name: $name,
            text: $text,
            wav: include_bytes!(concat!("../prompts/", $name, ".wav")),
        }
    };
}

/// All of them.
pub const BUILTIN_PROMPTS: &[BuiltinPrompt] = &[
    builtin!("welcome", "Thank you for calling."),
    builtin!("please-hold", "Please hold while we connect you."),
    builtin!(
        "closed",
        "We are closed at the moment. Please call again during our opening hours."
    ),
    builtin!(
        "all-busy",
        "All our agents are busy at the moment. Please stay on the line."
    ),
    builtin!("you-are-number", "You are number"),
    builtin!("in-line", "in line."),
    builtin!("connecting", "Connecting you now."),
    builtin!(
        "recording-notice",
        "This call may be recorded for quality purposes."
    ),
    builtin!("invalid-choice", "That is not a valid choice."),
    builtin!("no-input", "We did not hear anything."),
    builtin!(
        "error",
        "We are sorry, something went wrong. Please call again later."
    ),
    builtin!("goodbye", "Thank you for your call. Goodbye."),
    builtin!(
        "test-caller",
        "Hello, I would like to ask about my order. I placed it last Tuesday, and it has not \
         arrived yet. The order number is four, seven, one, one. Could you please look where \
         it is, and tell me when I can expect it? I am at home all day, so any time is fine. \
         Thank you very much for your help."
    ),
    builtin!("music-on-hold", ""),
    builtin!("number-1", "one"),
    builtin!("number-2", "two"),
    builtin!("number-3", "three"),
    builtin!("number-4", "four"),
    builtin!("number-5", "five"),
    builtin!("number-6", "six"),
    builtin!("number-7", "seven"),
    builtin!("number-8", "eight"),
    builtin!("number-9", "nine"),
    builtin!("number-10", "ten"),
    builtin!("number-11", "eleven"),
    builtin!("number-12", "twelve"),
    builtin!("number-13", "thirteen"),
    builtin!("number-14", "fourteen"),
    builtin!("number-15", "fifteen"),
    builtin!("number-16", "sixteen"),
    builtin!("number-17", "seventeen"),
    builtin!("number-18", "eighteen"),
    builtin!("number-19", "nineteen"),
    builtin!("number-20", "twenty"),
];
