//! Which codec and which payload types an exchange ends with.

use crate::Codec;

use super::{Format, MediaDescription};

/// A codec both sides have, with the telephone events of its clock rate, as one side numbered them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Selection {
    pub(super) codec: Codec,
    pub(super) payload_type: u8,
    pub(super) telephone_event: Option<u8>,
}

/// Selects the first of `codecs` that the media line has: the answerer's own preference decides.
pub(super) fn select_preferred(media: &MediaDescription, codecs: &[Codec]) -> Option<Selection> {
    let mut selections = codecs.iter().filter_map(|codec| select_codec(media, *codec));
    selections.next()
}

/// Selects the first format of the media line that is one of `codecs`: the peer's preference decides.
pub(super) fn select_first(media: &MediaDescription, codecs: &[Codec]) -> Option<Selection> {
    let formats = media.formats.iter();
    let known = formats.filter_map(|format| codecs.iter().find(|codec| is_codec(format, **codec)));
    let codec = *known.clone().next()?;
    select_codec(media, codec)
}

pub(super) fn select_codec(media: &MediaDescription, codec: Codec) -> Option<Selection> {
    let mut formats = media.formats.iter();
    let payload_type = formats.find(|format| is_codec(format, codec))?.payload_type;
    // Browsers offer telephone events at several clock rates; only the codec's own shares its
    // timestamps (RFC 4733 section 2.1).
    let mut formats = media.formats.iter();
    let event = formats.find(|format| is_telephone_event(format, codec.clock_rate_hz()));
    Some(Selection {
        codec,
        payload_type,
        telephone_event: event.map(|format| format.payload_type),
    })
}

fn is_codec(format: &Format, codec: Codec) -> bool {
    let name = codec.encoding_name();
    let same_channels = format.channel_count == codec.channel_count();
    format.encoding.eq_ignore_ascii_case(name)
        && format.clock_rate_hz == codec.clock_rate_hz()
        && same_channels
}

fn is_telephone_event(format: &Format, clock_rate_hz: u32) -> bool {
    let same_rate = format.clock_rate_hz == clock_rate_hz;
    format.encoding.eq_ignore_ascii_case(TELEPHONE_EVENT) && same_rate
}

pub(super) const TELEPHONE_EVENT: &str = "telephone-event";

/// The formats of one codec and its telephone events.
pub(super) fn formats_of(selection: Selection) -> Vec<Format> {
    let codec = selection.codec;
    let mut formats = vec![codec_format(codec, selection.payload_type)];
    let event = selection.telephone_event;
    formats.extend(event.map(|number| telephone_event_format(number, codec.clock_rate_hz())));
    formats
}

fn codec_format(codec: Codec, payload_type: u8) -> Format {
    let parameters = match codec {
        Codec::Opus => Some("minptime=10;useinbandfec=1".to_owned()),
        Codec::Pcma | Codec::Pcmu => None,
    };
    Format {
        payload_type,
        encoding: codec.encoding_name().to_owned(),
        clock_rate_hz: codec.clock_rate_hz(),
        channel_count: codec.channel_count(),
        parameters,
    }
}

fn telephone_event_format(payload_type: u8, clock_rate_hz: u32) -> Format {
    Format {
        payload_type,
        encoding: TELEPHONE_EVENT.to_owned(),
        clock_rate_hz,
        channel_count: 1,
        parameters: Some("0-15".to_owned()),
    }
}

/// The payload types a dialog has used so far; a number never changes its meaning (RFC 3264 8.3.2).
#[derive(Clone, Debug, Default)]
pub(super) struct PayloadTable {
    formats: Vec<Format>,
}

impl PayloadTable {
    pub(super) fn learn(&mut self, formats: &[Format]) {
        for format in formats {
            let known = self.formats.iter().any(|f| f.payload_type == format.payload_type);
            if !known {
                self.formats.push(format.clone());
            }
        }
    }

    /// Numbers what an offer of these codecs lists.
    pub(super) fn offer_formats(&mut self, codecs: &[Codec]) -> Vec<Format> {
        let mut offered = Vec::new();
        for codec in codecs {
            let wanted = codec_format(*codec, codec.default_payload_type());
            offered.extend(self.number(wanted, |format| is_codec(format, *codec)));
        }
        for codec in codecs {
            let rate = codec.clock_rate_hz();
            if offered.iter().any(|format| is_telephone_event(format, rate)) {
                continue;
            }
            let wanted = telephone_event_format(codec.default_telephone_event_payload_type(), rate);
            offered.extend(self.number(wanted, |format| is_telephone_event(format, rate)));
        }
        offered
    }

    /// Gives `wanted` the number it had before, its own when free, or the first free dynamic one.
    fn number(&mut self, wanted: Format, same: impl Fn(&Format) -> bool) -> Option<Format> {
        let used = |number: u8| self.formats.iter().any(|f| f.payload_type == number);
        let known = self.formats.iter().find(|format| same(format));
        let number = match known {
            Some(format) => format.payload_type,
            None if !used(wanted.payload_type) => wanted.payload_type,
            None => (96..=127).find(|number| !used(*number))?,
        };
        let format = Format {
            payload_type: number,
            ..wanted
        };
        self.learn(std::slice::from_ref(&format));
        Some(format)
    }
}
