//! SIP as RFC 3261 has it, without sockets and clocks: bytes in, bytes out.
//!
//! The message layer cuts frames out of datagrams and streams, reads them into requests and
//! responses, says what is wrong with them, and prints them. Header values stay bytes; typed views
//! read them on demand. Bodies are opaque.
//!
//! On top of it stand the transactions, the dialogs and the sessions that INVITE sets up. All of
//! them are reached through [`endpoint::Endpoint`]; time and randomness are handed in.

mod admission;
mod core;
mod dialog;
pub mod digest;
pub mod endpoint;
mod frame;
mod header;
mod host;
pub mod limits;
mod message;
mod name;
mod params;
mod parse;
mod peers;
mod registration;
mod schedule;
mod session;
mod session_timer;
mod streams;
mod timer;
mod transaction;
mod transport;
mod uri;

pub use self::admission::AdmissionId;
pub use self::frame::{Datagram, Frame, StreamEvent, StreamFramer, frame_datagram};
pub use self::header::{
    CSeq, Challenge, Contacts, Credentials, Disposition, Event, ExtensionHeader, Header, HeaderError,
    HeaderName, HeaderValue, Headers, MediaType, MinSe, RAck, Reason, Refresher, Replaces, RetryAfter,
    SentBy, SessionExpires, SubscriptionState, Transport, Via,
};
pub use self::host::{Host, HostName};
pub use self::message::{
    ExtensionMethod, Flaw, Message, Method, Request, Response, StatusCode, UaCapabilities, Verdict,
    check_request, validate,
};
pub use self::name::NameAddr;
pub use self::params::{Param, Params};
pub use self::parse::SyntaxError;
pub use self::peers::{BoundTo, PeerGroup, Peers};
pub use self::registration::{RegistrationId, RegistrationRequest, RegistrationState};
pub use self::schedule::Deadline;
pub use self::session::{DialogId, ForkId};
pub use self::session_timer::SessionTimerConfig;
pub use self::timer::{BaseTimers, TransactionTimer};
pub use self::transaction::TransactionId;
pub use self::transport::{Destination, Flow, Listener, StreamId, Transmit, TransportId, TransportKind};
pub use self::uri::{OtherUri, Scheme, SipUri, TelUri, Uri, escape_user, unescape};
