//! The WebRTC leg against an independent peer, in virtual time.
#![expect(clippy::disallowed_methods, reason = "virtual time has to start somewhere")]
#![expect(clippy::unwrap_used, reason = "tests may panic")]
#![expect(clippy::print_stdout, reason = "times and seeds are worth reading")]

#[path = "webrtc_leg/audio.rs"]
mod audio;
#[path = "webrtc_leg/browser.rs"]
mod browser;
#[path = "webrtc_leg/checks.rs"]
mod checks;
#[path = "webrtc_leg/connecting.rs"]
mod connecting;
#[path = "webrtc_leg/hostile_peers.rs"]
mod hostile_peers;
#[path = "webrtc_leg/moving.rs"]
mod moving;
#[path = "webrtc_leg/network.rs"]
mod network;
#[path = "webrtc_leg/page.rs"]
mod page;
