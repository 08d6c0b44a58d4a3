//! Fuzz targets as plain functions: each takes bytes from nowhere and panics when an invariant breaks.
//!
//! `cargo test -p fuzz` replays the corpus of every target, and mutations of it, on stable Rust. An
//! input that once broke something becomes a file in `corpus/<target>/`.

pub mod mutate;
mod sip_datagram;
mod sip_header;
mod sip_stream;
mod sip_uri;

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
];
