//! Orders that tests give again and again.

use std::time::Duration;

use sip::endpoint::{AdmissionRequest, Body, Command, Event, OutboundCall};
use sip::{BoundTo, DialogId, TransportId};

use super::{CARRIER, Left, Pair, Right, Side, UDP, address, sdp, to};

impl Pair {
    /// Starts a call from `side` to the other over `transport`; returns the dialog.
    pub(crate) fn call_over(&mut self, side: Side, transport: TransportId, body: Option<Body>) -> DialogId {
        let dialog = self.endpoint(side).allocate_dialog();
        let call = outbound(side, dialog, transport, body);
        self.command(side, Command::Invite(Box::new(call)));
        dialog
    }

    pub(crate) fn call(&mut self, body: Option<Body>) -> DialogId {
        self.call_over(Left, UDP, body)
    }

    /// Sets a call up from left to right and forgets its events; returns both dialogs.
    pub(crate) fn established(&mut self) -> (DialogId, DialogId) {
        let left = self.call(sdp("offer"));
        self.settle();
        let right = self.invited(Right);
        self.command(
            Right,
            Command::Answer {
                dialog: right,
                body: sdp("answer"),
            },
        );
        self.settle();
        assert!(
            self.take(Left)
                .iter()
                .any(|event| matches!(event, Event::Answered { .. }))
        );
        assert!(
            self.take(Right)
                .iter()
                .any(|event| matches!(event, Event::Acked { .. }))
        );
        (left, right)
    }

    /// Answers a call.
    pub(crate) fn answer(&mut self, side: Side, dialog: DialogId, body: Option<Body>) {
        self.command(side, Command::Answer { dialog, body });
    }

    /// Changes a call.
    pub(crate) fn reinvite(&mut self, side: Side, dialog: DialogId, body: Option<Body>) {
        self.command(side, Command::Reinvite { dialog, body });
    }

    /// Agrees to a change of a call.
    pub(crate) fn agree(&mut self, side: Side, dialog: DialogId, body: Option<Body>) {
        self.command(side, Command::AnswerReinvite { dialog, body });
    }

    /// Takes the only event of one side, which asks whether to let a request in.
    pub(crate) fn asked(&mut self, side: Side) -> Box<AdmissionRequest> {
        let Event::AdmissionAsked(asked) = self.only(side) else {
            panic!("nobody asks")
        };
        asked
    }
}

/// Writes a request out of dialog, as from `source`.
pub(crate) fn request_from(source: &str, method: &str, to_tag: &str, extra: &str) -> String {
    format!(
        "{method} sip:+4930@192.0.2.2 SIP/2.0\r\n\
         Via: SIP/2.0/UDP {source};branch=z9hG4bKstray\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:caller@198.51.100.7>;tag=f1\r\n\
         To: <sip:+4930@192.0.2.2>{to_tag}\r\n\
         Call-ID: stray\r\n\
         CSeq: 1 {method}\r\n\
         Contact: <sip:caller@{source}>\r\n{extra}\
         Content-Length: 0\r\n\r\n"
    )
}

/// Returns a call from `side` to the other.
pub(crate) fn outbound(
    side: Side,
    dialog: DialogId,
    transport: TransportId,
    body: Option<Body>,
) -> OutboundCall {
    OutboundCall {
        bound_to: BoundTo::Group(CARRIER),
        body,
        credentials: None,
        destination: to(side.other(), transport),
        dialog,
        from: address("sip:+498912345@offhook.example"),
        headers: vec![(
            "P-Asserted-Identity".to_owned(),
            "<sip:+498912345@offhook.example>".to_owned(),
        )],
        is_exempt: false,
        ring_timeout: Duration::from_secs(60),
        request_uri: "sip:+493098765@carrier.example".parse().unwrap(),
        to: address("sip:+493098765@carrier.example"),
    }
}
