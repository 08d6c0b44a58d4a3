//! Audio without sockets or clocks: session descriptions, RTP and WebRTC legs, bridges, digits and
//! prompts.
//!
//! The crate knows no contact and no tenant. Bytes and the time come in as arguments; datagrams and
//! events come out of `poll_*`. A panic is a bug; nothing a peer sends may cause one.

mod bridge;
mod codec;
pub mod dtmf;
mod leg_io;
pub mod limits;
mod playback;
pub mod prompts;
pub mod rtcp;
pub mod rtp;
mod rtp_leg;
pub mod sdp;
pub mod tone;
mod wav;
pub mod webrtc;
mod worker;

pub use self::codec::{AudioDecoder, AudioEncoder, Codec, SAMPLES_PER_FRAME, TranscodedFrame, Transcoder};
pub use self::leg_io::Received;
pub use self::playback::{Playback, Prompt};
pub use self::rtp_leg::{Latching, RtpLeg};
pub use self::wav::{ParseWavError, parse_wav};
pub use self::worker::{
    Deadline, LegAudio, LegKey, LegStats, PlayKey, RemoteReport, SocketKey, StreamIdentity, Transmit, Worker,
    WorkerCommand, WorkerConfig, WorkerEvent, WorkerKey,
};
