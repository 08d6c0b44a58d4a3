//! What engines want heard, as samples. Each prompt is decoded once and shared by all legs.

use std::collections::BTreeMap;

use engine::Audio;
use media::Prompt;
use media::prompts::{BuiltinPrompt, position_in_line};

/// The decoded prompts.
#[derive(Default)]
pub(super) struct Prompts {
    decoded: BTreeMap<&'static str, Prompt>,
}

impl Prompts {
    /// The samples to play, in order; what nobody knows is left out.
    pub(super) fn samples(&mut self, audio: &[Audio]) -> Vec<Prompt> {
        let mut samples = Vec::new();
        for part in audio {
            match part {
                Audio::Position(number) => {
                    samples.extend(
                        position_in_line(*number)
                            .into_iter()
                            .map(|prompt| self.of(prompt)),
                    );
                }
                Audio::Prompt(name) => match BuiltinPrompt::find(name) {
                    Some(prompt) => samples.push(self.of(prompt)),
                    None => tracing::warn!(name, "there is no such prompt"),
                },
            }
        }
        samples
    }

    /// The samples of a built-in prompt.
    pub(super) fn of(&mut self, prompt: &'static BuiltinPrompt) -> Prompt {
        let decoded = self.decoded.entry(prompt.name);
        decoded.or_insert_with(|| prompt.samples()).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_in_line_is_spoken_in_three_parts_and_far_back_in_one() {
        let mut prompts = Prompts::default();
        for (audio, count) in [
            (Audio::Position(1), 3),
            (Audio::Position(20), 3),
            (Audio::Position(21), 1),
            (Audio::Prompt("welcome".to_owned()), 1),
            (Audio::Prompt("no such prompt".to_owned()), 0),
        ] {
            assert_eq!(
                prompts.samples(std::slice::from_ref(&audio)).len(),
                count,
                "{audio:?}"
            );
        }
    }
}
