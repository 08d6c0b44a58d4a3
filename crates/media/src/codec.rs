//! The audio codecs Offhook speaks, and what the wire says about each.

mod audio;

pub use self::audio::{AudioDecoder, AudioEncoder, TranscodedFrame, Transcoder};

/// An audio codec both kinds of leg can carry.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Codec {
    /// Opus, always signalled as 48000/2 (RFC 7587).
    Opus,
    /// G.711 A-law (RFC 3551).
    Pcma,
    /// G.711 µ-law (RFC 3551).
    Pcmu,
}

impl Codec {
    /// The encoding name in `a=rtpmap`.
    pub fn encoding_name(self) -> &'static str {
        match self {
            Self::Opus => "opus",
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
        }
    }

    /// The RTP clock rate in Hz.
    pub fn clock_rate_hz(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::Pcma | Self::Pcmu => 8_000,
        }
    }

    /// The channel count in `a=rtpmap`; Opus always says two (RFC 7587 section 7).
    pub fn channel_count(self) -> u8 {
        match self {
            Self::Opus => 2,
            Self::Pcma | Self::Pcmu => 1,
        }
    }

    /// The payload type RFC 3551 assigns, or the one Offhook offers for a dynamic codec.
    pub fn default_payload_type(self) -> u8 {
        match self {
            Self::Opus => 111,
            Self::Pcma => 8,
            Self::Pcmu => 0,
        }
    }

    /// The payload type Offhook offers for the telephone events of this codec's clock rate.
    pub fn default_telephone_event_payload_type(self) -> u8 {
        match self {
            Self::Opus => 110,
            Self::Pcma | Self::Pcmu => 101,
        }
    }

    /// RTP timestamp units in 20 ms.
    pub fn timestamp_units_per_frame(self) -> u32 {
        self.clock_rate_hz() / 50
    }
}

/// 8 kHz mono samples in 20 ms. Inside Offhook audio is 8 kHz: telephones have no more, and libopus
/// decodes to it and encodes from it by itself.
pub const SAMPLES_PER_FRAME: usize = 160;
