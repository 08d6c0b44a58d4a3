use std::io;
use std::time::{Duration, Instant};

use media::WorkerEvent;

use super::browser::Browser;
use super::exchange::{Exchange, PATIENCE, WORKER};
use super::legs::{answer, certificate};
use super::phone::{Phone, frame};

#[test]
fn a_browser_connects_and_talks_to_a_telephone() {
    let exchange = Exchange::new(17_900..=17_919);
    let mut ana = connected(&exchange, 1);
    let mut phone = Phone::new();
    exchange.add(2, &mut phone);
    exchange.bridge(1, 2);
    for number in 0..20 {
        phone.says(&frame(number));
        assert_eq!(hears(&mut ana), frame(number));
        ana.says(&frame(1_000 + number));
        assert_eq!(phone.hears().payload, frame(1_000 + number));
    }
}

#[test]
fn two_browsers_behind_one_port_talk_to_each_other() {
    let exchange = Exchange::new(17_920..=17_939);
    let mut ana = connected(&exchange, 1);
    let mut bo = connected(&exchange, 2);
    exchange.bridge(1, 2);
    for number in 0..20 {
        ana.says(&frame(number));
        assert_eq!(hears(&mut bo), frame(number));
        bo.says(&frame(1_000 + number));
        assert_eq!(hears(&mut ana), frame(1_000 + number));
    }
    exchange.remove(1);
    assert_eq!(exchange.relay.traffic(WORKER).dropped_count, 0);
}

fn connected(exchange: &Exchange, leg: u64) -> Browser {
    let (mut browser, offer) = Browser::new();
    let socket = exchange.relay.webrtc_address(WORKER);
    let (answer, add) = answer(&certificate(), &offer, leg, socket);
    exchange.command(add);
    browser.accept(&answer);
    let patient_until = Instant::now() + PATIENCE;
    while !browser.is_connected() {
        assert!(Instant::now() < patient_until, "the browser does not connect");
        step(&mut browser);
    }
    exchange.find_event(|event| matches!(event, WorkerEvent::LineConnected { .. }).then_some(()));
    browser
}

fn hears(browser: &mut Browser) -> Vec<u8> {
    let patient_until = Instant::now() + PATIENCE;
    loop {
        if let Some(payload) = browser.poll_heard() {
            return payload;
        }
        assert!(Instant::now() < patient_until, "the browser hears nothing");
        step(browser);
    }
}

/// Waits for a datagram or for what is due, and does it.
fn step(browser: &mut Browser) {
    let wait = browser.due().saturating_duration_since(Instant::now());
    let wait = wait.max(Duration::from_millis(1));
    browser.socket().set_read_timeout(Some(wait)).unwrap();
    let mut buffer = [0; 2_000];
    match browser.socket().recv_from(&mut buffer) {
        Ok((len, source)) => browser.receive(&buffer[..len], source),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => browser.handle_due(),
        Err(error) => panic!("{error}"),
    }
}
