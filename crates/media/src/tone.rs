//! Making and finding tones: ringback for callers, and what tests and quality checks measure with.

use std::f64::consts::TAU;
use std::sync::Arc;

/// Samples per second of every tone and prompt.
pub const SAMPLE_RATE_HZ: u32 = 8_000;

/// Makes `sample_count` samples of equally loud sines at these frequencies, together `amplitude`
/// (at most 32,767) at their peak.
pub fn tone(frequencies_hz: &[f64], amplitude: f64, sample_count: usize) -> Vec<i16> {
    let share = amplitude / frequencies_hz.len().max(1) as f64;
    let sample = |index: usize| {
        let time = index as f64 / f64::from(SAMPLE_RATE_HZ);
        let sines = frequencies_hz.iter().map(|f| (TAU * f * time).sin());
        (sines.sum::<f64>() * share) as i16
    };
    (0..sample_count).map(sample).collect()
}

/// One period of the ringback tone of Europe (ITU-T E.180: 425 Hz, 1 s on, 4 s off), to be looped.
pub fn ringback_europe() -> Arc<[i16]> {
    cadence(&[425.0], 1, 4)
}

/// One period of the ringback tone of North America (440 and 480 Hz, 2 s on, 4 s off), to be looped.
pub fn ringback_north_america() -> Arc<[i16]> {
    cadence(&[440.0, 480.0], 2, 4)
}

/// The share of the samples' energy at a frequency, 0 to 1, by Goertzel's algorithm.
pub fn tone_share(samples: &[i16], frequency_hz: f64) -> f64 {
    let energy: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    if energy == 0.0 {
        return 0.0;
    }
    let omega = TAU * frequency_hz / f64::from(SAMPLE_RATE_HZ);
    let coefficient = 2.0 * omega.cos();
    let (last, before) = samples.iter().fold((0.0, 0.0), |(last, before), sample| {
        (f64::from(*sample) + coefficient * last - before, last)
    });
    let power = last * last + before * before - coefficient * last * before;
    (2.0 * power / (energy * samples.len() as f64)).min(1.0)
}

fn cadence(frequencies_hz: &[f64], on_s: usize, off_s: usize) -> Arc<[i16]> {
    let rate = SAMPLE_RATE_HZ as usize;
    let mut samples = tone(frequencies_hz, RINGBACK_AMPLITUDE, on_s * rate);
    samples.resize((on_s + off_s) * rate, 0);
    samples.into()
}

/// About -19 dBm0, the level exchanges use.
const RINGBACK_AMPLITUDE: f64 = 3_600.0;
