//! Fuzz targets as plain functions: each takes bytes from nowhere and panics when an invariant breaks.
//!
//! `cargo test -p fuzz` replays the corpus of every target, and mutations of it, on stable Rust. An
//! input that once broke something becomes a file in `corpus/<target>/`.

mod audio_packet;
mod flow_document;
pub mod mutate;
mod sdp;
mod sip_datagram;
mod sip_header;
mod sip_stream;
mod sip_uri;
mod wav_file;

/// A fuzz target and the folder of its corpus.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name, which is that of its folder in `corpus`.
    pub name: &'static str,
    /// Takes one input; panics when an invariant breaks.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        name: "audio_packet",
        run: audio_packet::run,
    },
    Target {
        name: "flow_document",
        run: flow_document::run,
    },
    Target {
        name: "sdp",
        run: sdp::run,
    },
    Target {
        name: "sip_datagram",
        run: sip_datagram::run,
    },
    Target {
        name: "sip_header",
        run: sip_header::run,
    },
    Target {
        name: "sip_stream",
        run: sip_stream::run,
    },
    Target {
        name: "sip_uri",
        run: sip_uri::run,
    },
    Target {
        name: "wav_file",
        run: wav_file::run,
    },
];
