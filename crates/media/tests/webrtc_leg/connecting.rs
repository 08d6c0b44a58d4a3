//! From offer to audio, or to a reason why not.

use std::time::Duration;

use media::webrtc::{Demux, DtlsCertificate, FailReason, WebRtcDeadline, WebRtcEvent, WebRtcLeg};

use crate::browser::{LATENCY, Lies, Net};

fn connected_at(net: &Net) -> Option<Duration> {
    net.events
        .iter()
        .find(|(_, event)| matches!(event, WebRtcEvent::Connected { .. }))
        .map(|(at, _)| *at)
}

fn failure(net: &Net) -> Option<FailReason> {
    net.events.iter().find_map(|(_, event)| match event {
        WebRtcEvent::Failed { reason } => Some(*reason),
        WebRtcEvent::Connected { .. }
        | WebRtcEvent::Selected { .. }
        | WebRtcEvent::Lost
        | WebRtcEvent::Recovered
        | WebRtcEvent::Closed => None,
    })
}

#[test]
fn a_browser_connects_within_five_one_way_trips() {
    let net = Net::connected();
    let at = connected_at(&net).unwrap();
    println!(
        "connected {} ms after the answer, {} ms one way, {}",
        at.as_millis(),
        LATENCY.as_millis(),
        net.leg.srtp_profile().unwrap()
    );
    // Check, ClientHello, ServerHello, Finished, Finished; and the browser's own first tick.
    assert!(at <= LATENCY * 5 + Duration::from_millis(5), "{at:?}");
    assert!(net.is_browser_connected());
    assert_eq!(net.leg.srtp_profile(), Some("AEAD_AES_128_GCM"));
}

#[test]
fn every_single_lost_datagram_of_the_handshake_is_made_good() {
    let sent_count = Net::connected().sent_count;
    for lost in 0..sent_count {
        let mut net = Net::new(Lies::default());
        net.lost = vec![lost];
        net.run_until(Duration::from_secs(5), |net| {
            net.is_connected() && net.is_browser_connected()
        });
        let at = connected_at(&net);
        println!("datagram {lost} of {sent_count} lost: connected after {at:?}");
        assert!(at.is_some_and(|at| at < Duration::from_millis(1_500)));
        assert!(net.is_browser_connected(), "datagram {lost}");
    }
}

#[test]
fn a_browser_that_was_told_a_wrong_password_never_gets_in() {
    let mut net = Net::new(Lies {
        wrong_password: true,
        ..Lies::default()
    });
    net.run_for(Duration::from_secs(21));
    assert_eq!(failure(&net), Some(FailReason::ConnectTimeout));
    assert_eq!(net.leg.remote(), None);
    assert!(net.leg.refused_count() > 0);
    assert_eq!(net.leg.poll_timeout(), None);
}

#[test]
fn a_peer_with_another_certificate_than_its_sdp_named_is_refused() {
    let mut net = Net::new(Lies {
        wrong_browser_fingerprint: true,
        ..Lies::default()
    });
    net.run_for(Duration::from_secs(2));
    assert_eq!(failure(&net), Some(FailReason::WrongFingerprint));
    assert!(!net.leg.is_connected());
    let mut buffer = [0x80; 400];
    assert_eq!(net.leg.protect_rtp(&mut buffer, 172), None);
}

#[test]
fn a_browser_that_never_comes_fails_after_the_connect_deadline() {
    let mut net = Net::new(Lies::default());
    net.is_cut = true;
    let deadline = net.leg.poll_timeout().unwrap();
    assert_eq!(deadline.1, WebRtcDeadline::Connect);
    net.run_for(Duration::from_secs(60));
    assert_eq!(failure(&net), Some(FailReason::ConnectTimeout));
}

#[test]
fn a_closed_leg_tells_the_browser_and_stays_closed() {
    let mut net = Net::connected();
    net.leg.close(net.now);
    net.run_for(Duration::from_secs(1));
    assert_eq!(net.events.last().unwrap().1, WebRtcEvent::Closed);
    assert_eq!(net.leg.poll_timeout(), None);
    assert!(!net.leg.is_connected());
}

#[test]
fn a_leg_may_be_handed_to_a_worker_thread() {
    fn is_send<T: Send>() {}
    is_send::<WebRtcLeg>();
    is_send::<DtlsCertificate>();
    is_send::<Demux<u32>>();
}
