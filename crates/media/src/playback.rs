//! Prompts and music, cut into 20 ms frames.

use std::sync::Arc;

use crate::SAMPLES_PER_FRAME;

/// Audio to play: 8 kHz mono samples, shared by all legs that play it.
pub type Prompt = Arc<[i16]>;

/// A sequence of prompts on its way to one leg.
#[derive(Clone, Debug)]
pub struct Playback {
    prompts: Vec<Prompt>,
    is_looping: bool,
    prompt_index: usize,
    sample_index: usize,
}

impl Playback {
    /// Starts at the first sample; looping starts over after the last, until it is dropped.
    pub fn new(prompts: Vec<Prompt>, is_looping: bool) -> Self {
        Self {
            prompts,
            is_looping,
            prompt_index: 0,
            sample_index: 0,
        }
    }

    /// Fills the next frame, without a gap between prompts; false when nothing was left. The last
    /// frame ends in silence.
    pub fn next_frame(&mut self, frame: &mut [i16; SAMPLES_PER_FRAME]) -> bool {
        let mut filled = 0;
        let mut empty_in_a_row = 0;
        while filled < frame.len() {
            let Some(prompt) = self.prompts.get(self.prompt_index) else {
                if !self.is_looping || empty_in_a_row >= self.prompts.len() {
                    break;
                }
                self.prompt_index = 0;
                continue;
            };
            let left = &prompt[self.sample_index.min(prompt.len())..];
            empty_in_a_row = if left.is_empty() { empty_in_a_row + 1 } else { 0 };
            let count = left.len().min(frame.len() - filled);
            frame[filled..filled + count].copy_from_slice(&left[..count]);
            filled += count;
            self.sample_index += count;
            if self.sample_index >= prompt.len() {
                self.prompt_index += 1;
                self.sample_index = 0;
            }
        }
        frame[filled..].fill(0);
        filled > 0
    }
}
