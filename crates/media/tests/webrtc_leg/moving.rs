//! Peers that move, vanish, come back and restart.

use std::net::SocketAddr;
use std::time::Duration;

use media::webrtc::{FailReason, WebRtcEvent};

use crate::browser::{Net, PCMU, rtp};

fn told(net: &Net) -> Vec<WebRtcEvent> {
    net.events.iter().map(|(_, event)| *event).collect()
}

fn elsewhere() -> SocketAddr {
    "198.51.100.99:61000".parse().unwrap()
}

fn audio_flows(net: &mut Net) -> bool {
    let (up, down) = (net.leg_rtp.len(), net.browser_rtp.len());
    net.audio_seq += 1;
    let seq = net.audio_seq;
    net.browser_sends(PCMU, u64::from(seq), u32::from(seq) * 160, &[0; 160]);
    net.leg_sends(&rtp(PCMU, seq, &[0; 160]));
    net.run_for(Duration::from_millis(100));
    net.leg_rtp.len() == up + 1 && net.browser_rtp.len() == down + 1
}

#[test]
fn audio_follows_the_browser_to_a_new_address_only_after_a_check_from_there() {
    let mut net = Net::connected();
    assert!(audio_flows(&mut net));
    net.seen_as = elsewhere();
    net.browser_sends(PCMU, 500, 160, &[0; 160]);
    net.run_for(Duration::from_millis(15));
    assert_eq!(net.leg_rtp.len(), 1, "an unproved address is not heard");
    assert_ne!(net.leg.remote(), Some(elsewhere()));

    net.run_until(Duration::from_secs(20), |net| {
        net.leg.remote() == Some(elsewhere())
    });
    assert!(told(&net).contains(&WebRtcEvent::Selected { source: elsewhere() }));
    net.audio_seq = 600;
    assert!(audio_flows(&mut net));
}

#[test]
fn an_ice_restart_leaves_audio_running() {
    let mut net = Net::connected();
    let before = told(&net).len();
    net.restart_ice();
    assert!(
        audio_flows(&mut net),
        "before the first check of the new generation"
    );
    net.run_for(Duration::from_secs(3));
    assert!(net.is_browser_connected());
    assert!(audio_flows(&mut net));
    assert_eq!(told(&net).len(), before, "{:?}", net.events);
}

#[test]
fn an_ice_restart_brings_a_browser_back_that_changed_networks() {
    let mut net = Net::connected();
    net.is_cut = true;
    net.run_for(Duration::from_secs(9));
    assert_eq!(told(&net).last(), Some(&WebRtcEvent::Lost));
    net.is_cut = false;
    net.seen_as = elsewhere();
    net.restart_ice();
    net.run_for(Duration::from_secs(3));
    assert!(told(&net).contains(&WebRtcEvent::Recovered));
    assert_eq!(net.leg.remote(), Some(elsewhere()));
    assert!(audio_flows(&mut net));
}

#[test]
fn a_browser_that_vanishes_is_lost_and_then_failed() {
    let mut net = Net::connected();
    net.run_for(Duration::from_secs(120));
    assert!(!told(&net).contains(&WebRtcEvent::Lost), "checks keep it");
    net.is_cut = true;
    let cut_at = net.now - net.started_at;
    net.run_for(Duration::from_secs(60));
    let lost = net.events.iter().find(|(_, event)| *event == WebRtcEvent::Lost);
    let lost_after = lost.unwrap().0 - cut_at;
    println!("lost {lost_after:?} after the cut");
    assert!(lost_after <= Duration::from_secs(8));
    let (failed_at, last) = net.events.last().unwrap();
    assert!(*failed_at - cut_at <= Duration::from_secs(30));
    let reason = FailReason::ConsentExpired;
    assert_eq!(*last, WebRtcEvent::Failed { reason });
    assert_eq!(net.leg.poll_timeout(), None);
}

#[test]
fn a_short_silence_is_told_and_taken_back() {
    let mut net = Net::connected();
    net.is_cut = true;
    net.run_for(Duration::from_secs(9));
    net.is_cut = false;
    net.run_for(Duration::from_secs(10));
    let told = told(&net);
    assert_eq!(
        told[told.len() - 2..],
        [WebRtcEvent::Lost, WebRtcEvent::Recovered]
    );
    assert!(audio_flows(&mut net));
}

#[test]
fn a_reloaded_page_takes_over_the_leg() {
    let mut net = Net::connected();
    assert!(audio_flows(&mut net));
    net.events.clear();
    net.reload_page();
    net.run_until(Duration::from_secs(5), |net| net.is_connected());
    net.run_for(Duration::from_millis(50));
    assert!(net.is_browser_connected());
    assert!(audio_flows(&mut net));
}
