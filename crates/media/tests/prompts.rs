//! The prompts that ship with Offhook, and those a customer uploads.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use media::prompts::{BUILTIN_PROMPTS, BuiltinPrompt, position_in_line};
use media::tone::{tone, tone_share};
use media::{AudioEncoder, Codec, ParseWavError, parse_wav};

#[test]
fn builtin_prompts_are_audible_well_formed_and_small() {
    let mut total = 0;
    for prompt in BUILTIN_PROMPTS {
        let samples = prompt.samples();
        assert_eq!(parse_wav(prompt.wav).unwrap(), samples, "{}", prompt.name);
        assert!(samples.len() > 3_000, "{} is short", prompt.name);
        let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!((5_000..32_200).contains(&peak), "{} peaks at {peak}", prompt.name);
        total += prompt.wav.len();
    }
    assert!(total < 1_500_000, "{total} bytes");
    let names: std::collections::BTreeSet<_> = BUILTIN_PROMPTS.iter().map(|p| p.name).collect();
    assert_eq!(names.len(), BUILTIN_PROMPTS.len());
}

#[test]
fn music_on_hold_has_no_click_where_it_starts_over() {
    let samples = BuiltinPrompt::find("music-on-hold").unwrap().samples();
    let step = |a: i16, b: i16| (i32::from(a) - i32::from(b)).abs();
    let steepest = samples
        .windows(2)
        .map(|pair| step(pair[0], pair[1]))
        .max()
        .unwrap();
    assert!(step(samples[0], samples[samples.len() - 1]) <= steepest);
}

#[test]
fn the_place_in_line_is_spoken_up_to_twenty() {
    let names = |number| -> Vec<&str> {
        let prompts = position_in_line(number);
        prompts.into_iter().map(|prompt| prompt.name).collect()
    };
    assert_eq!(names(3), ["you-are-number", "number-3", "in-line"]);
    assert_eq!(names(20), ["you-are-number", "number-20", "in-line"]);
    assert_eq!(names(21), ["all-busy"]);
    assert_eq!(names(0), ["all-busy"]);
}

struct Wav {
    encoding: u16,
    channel_count: u16,
    rate_hz: u32,
    bits: u16,
    data: Vec<u8>,
}

impl Wav {
    fn pcm(channel_count: u16, rate_hz: u32, samples: &[i16]) -> Self {
        Self {
            encoding: 1,
            channel_count,
            rate_hz,
            bits: 16,
            data: samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
        }
    }

    fn file(&self) -> Vec<u8> {
        let frame = self.channel_count * self.bits / 8;
        let mut file = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
        file.extend(self.encoding.to_le_bytes());
        file.extend(self.channel_count.to_le_bytes());
        file.extend(self.rate_hz.to_le_bytes());
        file.extend((self.rate_hz * u32::from(frame)).to_le_bytes());
        file.extend(frame.to_le_bytes());
        file.extend(self.bits.to_le_bytes());
        file.extend(b"data");
        file.extend((self.data.len() as u32).to_le_bytes());
        file.extend(&self.data);
        file
    }
}

#[test]
fn uploaded_files_become_8_khz_mono() {
    let sine = |rate_hz: f64, count| tone(&[440.0 * 8_000.0 / rate_hz], 9_000.0, count);
    let stereo: Vec<i16> = sine(8_000.0, 8_000).iter().flat_map(|s| [*s, *s]).collect();
    let mut mu_law = vec![0; 8_000];
    AudioEncoder::new(Codec::Pcmu).encode(&sine(8_000.0, 8_000), &mut mu_law);
    let table = [
        Wav::pcm(1, 8_000, &sine(8_000.0, 8_000)),
        Wav::pcm(2, 8_000, &stereo),
        Wav::pcm(1, 16_000, &sine(16_000.0, 16_000)),
        Wav::pcm(1, 44_100, &sine(44_100.0, 44_100)),
        Wav::pcm(1, 48_000, &sine(48_000.0, 48_000)),
        Wav {
            encoding: 7,
            bits: 8,
            data: mu_law,
            ..Wav::pcm(1, 8_000, &[])
        },
    ];
    for wav in table {
        let samples = parse_wav(&wav.file()).unwrap();
        assert!(
            (7_990..=8_010).contains(&samples.len()),
            "{} samples",
            samples.len()
        );
        let share = tone_share(&samples[200..7_800], 440.0);
        assert!(share > 0.95, "{} Hz: {share}", wav.rate_hz);
    }
}

#[test]
fn other_files_are_refused_with_the_reason() {
    let pcm = |channels, rate| Wav::pcm(channels, rate, &[0; 100]);
    let table = [
        (b"ID3 not a wave file".to_vec(), ParseWavError::NotWav),
        (pcm(1, 8_000).file()[..40].to_vec(), ParseWavError::NotWav),
        (pcm(6, 8_000).file(), ParseWavError::UnsupportedChannels(6)),
        (pcm(0, 8_000).file(), ParseWavError::UnsupportedChannels(0)),
        (pcm(1, 1).file(), ParseWavError::UnsupportedRate(1)),
        (
            Wav {
                bits: 24,
                ..pcm(1, 8_000)
            }
            .file(),
            ParseWavError::UnsupportedEncoding,
        ),
        (vec![0; 17 * 1024 * 1024], ParseWavError::TooLong),
    ];
    for (file, expected) in table {
        assert_eq!(parse_wav(&file).unwrap_err(), expected);
    }
}
