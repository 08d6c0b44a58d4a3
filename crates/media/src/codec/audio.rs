//! Encoding and decoding between the wire and 8 kHz mono samples.

use std::fmt;

use audio_codec::pcma::{PcmaDecoder, PcmaEncoder};
use audio_codec::pcmu::{PcmuDecoder, PcmuEncoder};
use audio_codec::{Decoder as _, Encoder as _};

use super::{Codec, SAMPLES_PER_FRAME};
use crate::limits::{OPUS_BIT_RATE, OPUS_COMPLEXITY, OPUS_EXPECTED_LOSS_PERCENT};

/// Turns 8 kHz mono samples into one codec's payloads.
pub struct AudioEncoder(Encode);

enum Encode {
    Opus(Box<opus::Encoder>),
    Pcma(PcmaEncoder),
    Pcmu(PcmuEncoder),
}

/// Turns one codec's payloads into 8 kHz mono samples.
pub struct AudioDecoder(Decode);

enum Decode {
    Opus(Box<opus::Decoder>),
    Pcma(PcmaDecoder),
    Pcmu(PcmuDecoder),
}

impl AudioEncoder {
    /// Makes an encoder; the one for Opus takes about 20 KiB.
    pub fn new(codec: Codec) -> Self {
        Self(match codec {
            Codec::Opus => Encode::Opus(Box::new(opus_encoder())),
            Codec::Pcma => Encode::Pcma(PcmaEncoder::new()),
            Codec::Pcmu => Encode::Pcmu(PcmuEncoder::new()),
        })
    }

    /// Encodes one frame into `payload` and returns its length; 0 when it has no room.
    /// Opus takes 2.5, 5, 10, 20, 40 or 60 ms at once, G.711 any length.
    pub fn encode(&mut self, samples: &[i16], payload: &mut [u8]) -> usize {
        let encoded = match &mut self.0 {
            Encode::Opus(encoder) => encoder.encode(samples, payload).ok(),
            Encode::Pcma(encoder) => encoder.encode_into(samples, payload).ok(),
            Encode::Pcmu(encoder) => encoder.encode_into(samples, payload).ok(),
        };
        encoded.unwrap_or(0)
    }
}

impl AudioDecoder {
    /// Makes a decoder.
    pub fn new(codec: Codec) -> Self {
        Self(match codec {
            Codec::Opus => Decode::Opus(Box::new(
                opus::Decoder::new(8_000, opus::Channels::Mono).expect("8 kHz mono is a rate libopus has"),
            )),
            Codec::Pcma => Decode::Pcma(PcmaDecoder::new()),
            Codec::Pcmu => Decode::Pcmu(PcmuDecoder::new()),
        })
    }

    /// Decodes one payload into `samples` and returns their count; 0 when it is no payload of this
    /// codec or has no room.
    pub fn decode(&mut self, payload: &[u8], samples: &mut [i16]) -> usize {
        if payload.is_empty() {
            return 0;
        }
        let decoded = match &mut self.0 {
            Decode::Opus(decoder) => decoder.decode(payload, samples, false).ok(),
            Decode::Pcma(decoder) => decoder.decode_into(payload, samples).ok(),
            Decode::Pcmu(decoder) => decoder.decode_into(payload, samples).ok(),
        };
        decoded.unwrap_or(0)
    }
}

impl fmt::Debug for AudioEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AudioEncoder")
    }
}

impl fmt::Debug for AudioDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AudioDecoder")
    }
}

fn opus_encoder() -> opus::Encoder {
    let mut encoder = opus::Encoder::new(8_000, opus::Channels::Mono, opus::Application::Voip)
        .expect("8 kHz mono is a rate libopus has");
    let settings = [
        encoder.set_complexity(OPUS_COMPLEXITY),
        encoder.set_bitrate(opus::Bitrate::Bits(OPUS_BIT_RATE)),
        encoder.set_inband_fec(true),
        encoder.set_packet_loss_perc(OPUS_EXPECTED_LOSS_PERCENT),
    ];
    debug_assert!(settings.iter().all(Result::is_ok), "constants in range");
    encoder
}

/// One way of a bridge between different codecs.
#[derive(Debug)]
pub struct Transcoder {
    decoder: AudioDecoder,
    encoder: AudioEncoder,
    /// Samples decoded and not yet encoded: less than a frame between packets.
    samples: [i16; SAMPLES_MAX],
    sample_count: usize,
    /// Where the next frame starts, from the start of the last packet pushed.
    offset_samples: i32,
}

/// 120 ms, the longest Opus packet, after a rest shorter than a frame.
const SAMPLES_MAX: usize = 7 * SAMPLES_PER_FRAME;

/// A frame that a [`Transcoder`] has encoded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TranscodedFrame {
    /// Bytes of the payload.
    pub len: usize,
    /// Where it starts, in 8 kHz samples from the start of the packet pushed last; negative when
    /// it begins with a rest of the packet before.
    pub offset_samples: i32,
}

impl Transcoder {
    /// Makes a transcoder; the caller has seen that the codecs differ.
    pub fn new(from: Codec, to: Codec) -> Self {
        debug_assert_ne!(from, to, "equal codecs pass through");
        Self {
            decoder: AudioDecoder::new(from),
            encoder: AudioEncoder::new(to),
            samples: [0; SAMPLES_MAX],
            sample_count: 0,
            offset_samples: 0,
        }
    }

    /// Takes a received payload; a malformed one is dropped.
    pub fn push(&mut self, payload: &[u8]) {
        // What nobody took is older than what comes.
        if self.sample_count >= SAMPLES_PER_FRAME {
            self.sample_count = 0;
        }
        self.offset_samples = -(self.sample_count as i32);
        let room = &mut self.samples[self.sample_count..];
        self.sample_count += self.decoder.decode(payload, room);
    }

    /// Encodes the next 20 ms into `payload`; `None` until enough has been pushed.
    pub fn pull(&mut self, payload: &mut [u8]) -> Option<TranscodedFrame> {
        if !self.has_frame() {
            return None;
        }
        let frame = &self.samples[..SAMPLES_PER_FRAME];
        let len = self.encoder.encode(frame, payload);
        self.samples.copy_within(SAMPLES_PER_FRAME..self.sample_count, 0);
        self.sample_count -= SAMPLES_PER_FRAME;
        let offset_samples = self.offset_samples;
        self.offset_samples += SAMPLES_PER_FRAME as i32;
        (len > 0).then_some(TranscodedFrame { len, offset_samples })
    }

    /// Tells whether [`Self::pull`] has something.
    pub fn has_frame(&self) -> bool {
        self.sample_count >= SAMPLES_PER_FRAME
    }
}
