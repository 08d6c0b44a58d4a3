//! Session descriptions and what offer and answer agree on.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "sdp/browser.rs"]
mod browser;
#[path = "sdp/codecs.rs"]
mod codecs;
#[path = "sdp/dialog.rs"]
mod dialog;
#[path = "sdp/hold.rs"]
mod hold;
#[path = "sdp/late_offer.rs"]
mod late_offer;
#[path = "sdp/refused.rs"]
mod refused;
#[path = "sdp/sides.rs"]
mod sides;
