//! The process that carries the calls, and what it measures.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use media::webrtc::DtlsCertificate;
use media::{LegKey, WorkerCommand, WorkerEvent, WorkerKey};
use relay::{Precedence, Relay, RelayConfig};

use super::figures::{Memory, percentile, print, print_memory, relay_cpu_time};
use super::peers::{from_one_line, on_one_line};
use crate::legs::{add_rtp_leg, answer, certificate};

/// The argument by which this program becomes everybody else.
pub(crate) const PEERS: &str = "peers";

const WORKER: WorkerKey = WorkerKey(0);
/// The first second of talk is not measured, and the last neither.
const NOBODY: u64 = 9_999;
const WARM_UP_SECONDS: u64 = 3;
const RUN_UP: Duration = Duration::from_secs(1);

pub(crate) struct Node {
    relay: Relay,
    events: Receiver<WorkerEvent>,
    certificate: DtlsCertificate,
    peers: Peers,
    phones: SocketAddr,
}

/// The other process.
struct Peers {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// What one kind of peer said and heard.
struct Outcome {
    sent_count: u64,
    heard_count: u64,
    latency_p50_us: f64,
    latency_p99_us: f64,
}

/// A stretch of talk.
struct Talk {
    /// Of the median second: on a machine with other work, an average tells about that.
    core_percent: f64,
    memory: Memory,
    wakeups_per_packet: f64,
    to_phones: Outcome,
    to_pages: Outcome,
}

impl Node {
    pub(crate) fn start() -> Self {
        let (sender, events) = mpsc::channel();
        let config = RelayConfig {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            rtp_ports: 10_000..=19_999,
            webrtc_port: 0,
            ..RelayConfig::default()
        };
        let relay = Relay::start(&config, 1, move |_, event| {
            // The receiver ends only with the process.
            let _ = sender.send(event);
        });
        let mut peers = Peers::start();
        let phones = peers.ask("address").parse().unwrap();
        Self {
            relay: relay.unwrap(),
            events,
            certificate: certificate(),
            peers,
            phones,
        }
    }

    /// A few calls of each kind, so that code, tables and buffers that stay are not counted as a call's.
    pub(crate) fn warm_up(&mut self) {
        self.add_phones(0..4);
        self.connect_pages(4..6);
        for (a, b) in [(0, 1), (2, 4), (3, 5)] {
            self.bridge(a, b);
        }
        self.talk(WARM_UP_SECONDS);
        self.remove(0..6);
        self.peers.ask("close");
    }

    pub(crate) fn measure_rtp_rtp(&mut self, calls: u64, seconds: u64) {
        let before = Memory::at_rest();
        let legs = 1_000..1_000 + 2 * calls;
        self.add_phones(legs.clone());
        for leg in legs.clone().step_by(2) {
            self.bridge(leg, leg + 1);
        }
        let talk = self.talk(seconds);
        self.remove(legs);
        print(
            "rtp_rtp_core_percent_per_100_calls",
            talk.core_percent_per_100(calls),
            "%",
        );
        print("rtp_rtp_wakeups_per_packet", talk.wakeups_per_packet, "wake-ups");
        print_outcome("rtp_to_rtp", &talk.to_phones);
        print_memory("rtp_rtp", "per_call", &before, &talk.memory, calls);
        print_memory("rtp_rtp", "kept_per_call", &before, &Memory::at_rest(), calls);
    }

    pub(crate) fn measure_rtp_webrtc(&mut self, calls: u64, seconds: u64) {
        let before = Memory::at_rest();
        let (pages, phones) = (2_000..2_000 + calls, 3_000..3_000 + calls);
        let mut connect_us = self.connect_pages(pages.clone());
        connect_us.sort_unstable();
        // The last handshakes still hold what they will free with their last message.
        thread::sleep(RUN_UP);
        let idle = Memory::now();
        self.add_phones(phones.clone());
        for number in 0..calls {
            self.bridge(pages.start + number, phones.start + number);
        }
        let talk = self.talk(seconds);
        self.remove(pages);
        self.remove(phones);
        self.peers.ask("close");
        let [p50_ms, max_ms] = [0.5, 1.0].map(|share| percentile(&connect_us, share) as f64 / 1_000.0);
        print(
            "rtp_webrtc_core_percent_per_100_calls",
            talk.core_percent_per_100(calls),
            "%",
        );
        print(
            "rtp_webrtc_wakeups_per_packet",
            talk.wakeups_per_packet,
            "wake-ups",
        );
        print_outcome("webrtc_to_rtp", &talk.to_phones);
        print_outcome("rtp_to_webrtc", &talk.to_pages);
        print_memory("idle_line", "per_line", &before, &idle, calls);
        print_memory("rtp_webrtc", "per_call", &before, &talk.memory, calls);
        print_memory("rtp_webrtc", "kept_per_call", &before, &Memory::at_rest(), calls);
        print("webrtc_connect_ms", p50_ms, "ms");
        print("webrtc_connect_max_ms", max_ms, "ms");
    }

    fn add_phones(&mut self, legs: impl Iterator<Item = u64>) {
        let mut dial = "dial".to_owned();
        for leg in legs {
            let port = self.relay.open_rtp(WORKER, Precedence::Ordinary).unwrap();
            self.command(add_rtp_leg(leg, port, self.phones));
            dial += &format!(" {}", port.address);
        }
        self.peers.ask(&dial);
    }

    /// Connects one after the other; how long each took from the offer, in microseconds.
    fn connect_pages(&mut self, legs: impl Iterator<Item = u64>) -> Vec<u64> {
        let connect = |leg| {
            let offer = self.peers.ask("offer");
            let offered_at = Instant::now();
            let socket = self.relay.webrtc_address(WORKER);
            let (answer, add) = answer(&self.certificate, &from_one_line(&offer), leg, socket);
            self.relay.command(WORKER, add).unwrap();
            self.peers.ask(&format!("answer {}", on_one_line(&answer)));
            wait_for(&self.events, |event| {
                matches!(event, WorkerEvent::LineConnected { .. })
            });
            offered_at.elapsed().as_micros() as u64
        };
        legs.map(connect).collect()
    }

    fn bridge(&self, a: u64, b: u64) {
        let (a, b) = (LegKey(a), LegKey(b));
        self.command(WorkerCommand::Bridge { a, b });
    }

    fn remove(&self, legs: impl Iterator<Item = u64>) {
        for leg in legs {
            let leg = LegKey(leg);
            self.command(WorkerCommand::Remove { leg });
            wait_for(
                &self.events,
                |event| matches!(event, WorkerEvent::Removed { leg: removed, .. } if *removed == leg),
            );
        }
    }

    /// Waits until the worker has carried out everything so far: the last command is one it refuses.
    fn settle(&self) {
        let port = self.relay.open_rtp(WORKER, Precedence::Ordinary).unwrap();
        self.relay.close_rtp(&port);
        self.command(add_rtp_leg(NOBODY, port, self.phones));
        wait_for(&self.events, |event| matches!(event, WorkerEvent::Refused { .. }));
    }

    fn command(&self, command: WorkerCommand) {
        self.relay.command(WORKER, command).unwrap();
    }

    /// Lets everybody talk and measures the middle of it.
    fn talk(&mut self, seconds: u64) -> Talk {
        self.settle();
        self.peers.tell(&format!("talk {seconds}"));
        thread::sleep(RUN_UP);
        let traffic_before = self.relay.traffic(WORKER);
        let mut percents: Vec<f64> = (2..seconds).map(|_| core_percent_of_a_second()).collect();
        percents.sort_by(f64::total_cmp);
        let traffic_after = self.relay.traffic(WORKER);
        let memory = Memory::now();
        let numbers = self.peers.hear();
        let numbers: Vec<u64> = numbers.split(' ').map(|one| one.parse().unwrap()).collect();
        let (phones, pages) = (&numbers[..4], &numbers[4..]);
        let wakeups = traffic_after.wakeup_count - traffic_before.wakeup_count;
        let packets = traffic_after.received_count - traffic_before.received_count;
        let is_rtp_alone = pages[0] == 0;
        Talk {
            core_percent: percents[percents.len() / 2],
            memory,
            wakeups_per_packet: wakeups as f64 / packets as f64,
            to_phones: Outcome::new(if is_rtp_alone { phones[0] } else { pages[0] }, phones),
            to_pages: Outcome::new(phones[0], pages),
        }
    }
}

impl Talk {
    fn core_percent_per_100(&self, calls: u64) -> f64 {
        self.core_percent * 100.0 / calls as f64
    }
}

impl Peers {
    fn start() -> Self {
        let mut this = Command::new(env::current_exe().unwrap());
        let this = this.arg(PEERS).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = this.spawn().unwrap();
        Self {
            input: process.stdin.take().unwrap(),
            output: BufReader::new(process.stdout.take().unwrap()),
            process,
        }
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.hear()
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Outcome {
    /// From what the others said and what these heard.
    fn new(sent_count: u64, heard: &[u64]) -> Self {
        Self {
            sent_count,
            heard_count: heard[1],
            latency_p50_us: heard[2] as f64 / 1_000.0,
            latency_p99_us: heard[3] as f64 / 1_000.0,
        }
    }
}

fn print_outcome(name: &str, outcome: &Outcome) {
    let lost_count = outcome.sent_count as f64 - outcome.heard_count as f64;
    print(&format!("{name}_latency_p50_us"), outcome.latency_p50_us, "us");
    print(&format!("{name}_latency_p99_us"), outcome.latency_p99_us, "us");
    print(
        &format!("{name}_sent_count"),
        outcome.sent_count as f64,
        "packets",
    );
    print(&format!("{name}_lost_count"), lost_count, "packets");
}

fn core_percent_of_a_second() -> f64 {
    let (from, before) = (Instant::now(), relay_cpu_time());
    thread::sleep(Duration::from_secs(1));
    let cpu = relay_cpu_time() - before;
    cpu.as_secs_f64() / from.elapsed().as_secs_f64() * 100.0
}

fn wait_for(events: &Receiver<WorkerEvent>, is_it: impl Fn(&WorkerEvent) -> bool) {
    while !is_it(&events.recv_timeout(PATIENCE).unwrap()) {}
}

/// Nothing on the loopback takes longer unless it is broken.
const PATIENCE: Duration = Duration::from_secs(10);
