//! How audio gets from one leg of a bridge to the other.

use crate::codec::{Codec, Transcoder};

/// One way of a bridge: what becomes of a packet of the other leg.
#[derive(Debug)]
pub(crate) enum Path {
    /// Both legs have the codec: the payload is not touched, the header is renumbered.
    PassThrough,
    /// The codecs differ.
    Transcode(Box<Transcoder>),
}

impl Path {
    /// Chooses the cheapest way between two codecs.
    pub(crate) fn new(from: Codec, to: Codec) -> Self {
        if from == to {
            Self::PassThrough
        } else {
            Self::Transcode(Box::new(Transcoder::new(from, to)))
        }
    }
}
