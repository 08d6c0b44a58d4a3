//! The network between the two: datagrams are function calls, time is virtual.

use std::time::Duration;

use str0m::net::{Protocol, Receive};
use str0m::{Event, Input, Output};

use crate::browser::{Datagram, LATENCY, Net, SERVER, To};
use crate::page;

impl Net {
    pub(crate) fn run_for(&mut self, time: Duration) {
        let end = self.now + time;
        self.run_until(time, |_| false);
        self.now = end;
    }

    /// Runs until the condition holds or the time is over.
    pub(crate) fn run_until(&mut self, time: Duration, condition: impl Fn(&Self) -> bool) {
        let end = self.now + time;
        for _ in 0..100_000 {
            if condition(self) {
                return;
            }
            let leg_due = self.leg.poll_timeout().map(|(at, _)| at);
            let packet_due = self.in_flight.front().map(|datagram| datagram.at);
            let due = [leg_due, packet_due, Some(self.browser_due)];
            let next = due.into_iter().flatten().min().unwrap();
            if next > end {
                return;
            }
            self.now = self.now.max(next);
            if packet_due == Some(next) {
                let datagram = self.in_flight.pop_front().unwrap();
                self.deliver(datagram);
            } else if leg_due == Some(next) {
                self.leg.handle_timeout(self.now);
                self.drain_leg();
            } else {
                self.browser.handle_input(Input::Timeout(self.now)).unwrap();
                self.drain_browser();
            }
        }
        panic!("the network does not come to rest");
    }

    fn deliver(&mut self, datagram: Datagram) {
        match datagram.to {
            To::Leg => {
                self.tapped.push(datagram.bytes.clone());
                self.inject(&datagram.bytes, datagram.source);
            }
            To::Browser => {
                let receive = Receive {
                    proto: Protocol::Udp,
                    source: datagram.source,
                    destination: page::address(),
                    contents: (&datagram.bytes[..]).try_into().unwrap(),
                };
                self.browser
                    .handle_input(Input::Receive(self.now, receive))
                    .unwrap();
                self.drain_browser();
            }
        }
    }

    pub(crate) fn send(&mut self, to: To, bytes: Vec<u8>) {
        let number = self.sent_count;
        self.sent_count += 1;
        if self.is_cut || self.lost.contains(&number) {
            return;
        }
        let source = match to {
            To::Leg => self.seen_as,
            To::Browser => SERVER.parse().unwrap(),
        };
        self.in_flight.push_back(Datagram {
            at: self.now + LATENCY,
            to,
            source,
            bytes,
        });
    }

    pub(crate) fn drain_leg(&mut self) {
        let mut buffer = [0; 1_600];
        while let Some((len, destination)) = self.leg.poll_transmit(&mut buffer) {
            if destination == self.seen_as {
                self.send(To::Browser, buffer[..len].to_vec());
            }
        }
        while let Some(event) = self.leg.poll_event() {
            self.events.push((self.now - self.started_at, event));
        }
    }

    pub(crate) fn drain_browser(&mut self) {
        loop {
            // An error is the end of the browser's connection.
            let Ok(output) = self.browser.poll_output() else {
                self.browser_due = self.now + Duration::from_secs(3_600);
                return;
            };
            match output {
                Output::Timeout(at) => {
                    self.browser_due = at.max(self.now + Duration::from_millis(1));
                    return;
                }
                Output::Transmit(transmit) => self.send(To::Leg, transmit.contents.to_vec()),
                Output::Event(Event::RtpPacket(packet)) => self.browser_rtp.push(packet),
                Output::Event(_) => {}
            }
        }
    }
}
