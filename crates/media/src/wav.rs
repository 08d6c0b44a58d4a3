//! Reading prompts a customer uploads: WAV with 16-bit PCM or G.711, one or two channels.

use std::sync::Arc;

use audio_codec::resample;

use crate::codec::{AudioDecoder, Codec};
use crate::limits::{WAV_BYTES_MAX, WAV_RATE_MAX_HZ, WAV_RATE_MIN_HZ};
use crate::tone::SAMPLE_RATE_HZ;

/// Why a file cannot be played.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseWavError {
    /// The file has more than [`WAV_BYTES_MAX`] bytes.
    #[error("the file is longer than {WAV_BYTES_MAX} bytes")]
    TooLong,
    /// It does not have the structure of a WAV file.
    #[error("not a WAV file")]
    NotWav,
    /// The samples are neither 16-bit PCM nor G.711.
    #[error("the samples are neither 16-bit PCM nor G.711")]
    UnsupportedEncoding,
    /// There are more than two channels, or none.
    #[error("the file has {0} channels instead of one or two")]
    UnsupportedChannels(u16),
    /// The sample rate is out of range.
    #[error("a sample rate of {0} Hz is out of range")]
    UnsupportedRate(u32),
}

/// Reads a WAV file into 8 kHz mono samples.
pub fn parse_wav(bytes: &[u8]) -> Result<Arc<[i16]>, ParseWavError> {
    if bytes.len() > WAV_BYTES_MAX {
        return Err(ParseWavError::TooLong);
    }
    let (format, data) = find_chunks(bytes).ok_or(ParseWavError::NotWav)?;
    if !(1..=2).contains(&format.channel_count) {
        return Err(ParseWavError::UnsupportedChannels(format.channel_count));
    }
    if !(WAV_RATE_MIN_HZ..=WAV_RATE_MAX_HZ).contains(&format.rate_hz) {
        return Err(ParseWavError::UnsupportedRate(format.rate_hz));
    }
    let samples = match (format.encoding, format.bits_per_sample) {
        (PCM, 16) => pcm_samples(data),
        (A_LAW, 8) => g711_samples(Codec::Pcma, data),
        (MU_LAW, 8) => g711_samples(Codec::Pcmu, data),
        _ => return Err(ParseWavError::UnsupportedEncoding),
    };
    let mono = match format.channel_count {
        2 => samples.chunks_exact(2).map(mean).collect(),
        _ => samples,
    };
    Ok(match format.rate_hz {
        SAMPLE_RATE_HZ => mono.into(),
        rate_hz => resample(&mono, rate_hz, SAMPLE_RATE_HZ).into(),
    })
}

struct Format {
    encoding: u16,
    channel_count: u16,
    rate_hz: u32,
    bits_per_sample: u16,
}

const PCM: u16 = 1;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xFFFE;

fn find_chunks(bytes: &[u8]) -> Option<(Format, &[u8])> {
    let mut rest = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut format = None;
    loop {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (length, body) = after.split_first_chunk::<4>()?;
        // Recorders that were cut off write a length beyond the end.
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?.min(body.len());
        let (chunk, next) = body.split_at(length);
        match name {
            b"fmt " => format = Some(parse_format(chunk)?),
            b"data" => return Some((format?, chunk)),
            _ => {}
        }
        rest = next.get(length % 2..)?;
    }
}

fn parse_format(chunk: &[u8]) -> Option<Format> {
    let number = |at: usize| Some(u16::from_le_bytes([*chunk.get(at)?, *chunk.get(at + 1)?]));
    let rate = chunk.get(4..8)?;
    let encoding = match number(0)? {
        EXTENSIBLE => number(24)?,
        encoding => encoding,
    };
    Some(Format {
        encoding,
        channel_count: number(2)?,
        rate_hz: u32::from_le_bytes([rate[0], rate[1], rate[2], rate[3]]),
        bits_per_sample: number(14)?,
    })
}

fn pcm_samples(data: &[u8]) -> Vec<i16> {
    let pairs = data.chunks_exact(2);
    pairs.map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

fn g711_samples(codec: Codec, data: &[u8]) -> Vec<i16> {
    let mut samples = vec![0; data.len()];
    let count = AudioDecoder::new(codec).decode(data, &mut samples);
    samples.truncate(count);
    samples
}

fn mean(pair: &[i16]) -> i16 {
    let sum: i32 = pair.iter().map(|sample| i32::from(*sample)).sum();
    (sum / 2) as i16
}
