//! Telephones: many, behind one address.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use media::limits::FRAME;
use media::rtp::{RtpHeader, RtpView};
use socket2::SockRef;

use super::timestamps::{latency_ns, note_arrivals, receive, stamped_frame};

pub(crate) struct Phones {
    socket: UdpSocket,
    /// The legs' addresses, one a telephone.
    dialled: Vec<SocketAddr>,
    sequence: u16,
}

/// What telephones said and heard.
#[derive(Default)]
pub(crate) struct Talk {
    pub(crate) sent_count: u64,
    pub(crate) latencies_ns: Vec<u64>,
}

impl Phones {
    pub(crate) fn new() -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        // All telephones share it: what they hear must wait here while the listener does not run.
        SockRef::from(&socket).set_recv_buffer_size(BUFFER_BYTES).unwrap();
        note_arrivals(&socket);
        Self {
            socket,
            dialled: Vec::new(),
            sequence: 0,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    pub(crate) fn dial(&mut self, dialled: Vec<SocketAddr>) {
        self.dialled = dialled;
    }

    /// All telephones talk, in threads of their own.
    pub(crate) fn talk(&mut self, duration: Duration) -> JoinHandle<Talk> {
        let is_over = Arc::new(AtomicBool::new(false));
        let listener = {
            let (socket, is_over) = (self.socket.try_clone().unwrap(), Arc::clone(&is_over));
            thread::spawn(move || listen(&socket, &is_over))
        };
        let (socket, dialled) = (self.socket.try_clone().unwrap(), self.dialled.clone());
        let first = self.sequence;
        let rounds = (duration.as_nanos() / FRAME.as_nanos()) as u16;
        self.sequence += rounds;
        thread::spawn(move || {
            send(&socket, &dialled, first, rounds);
            is_over.store(true, Ordering::Relaxed);
            Talk {
                sent_count: dialled.len() as u64 * u64::from(rounds),
                latencies_ns: listener.join().unwrap(),
            }
        })
    }
}

const BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// How long the last packets may be under way.
pub(crate) const TRAIL: Duration = Duration::from_millis(300);
pub(crate) const LISTEN_EVERY: Duration = Duration::from_millis(2);

/// Every telephone has its own moment within the 20 ms, the same each time.
fn send(socket: &UdpSocket, dialled: &[SocketAddr], first: u16, rounds: u16) {
    let mut turns: Vec<(Duration, u32, SocketAddr)> = (0..)
        .zip(dialled)
        .map(|(number, address)| (moment(number), number, *address))
        .collect();
    turns.sort();
    let started_at = Instant::now();
    for round in 0..rounds {
        for (moment, number, address) in &turns {
            let due = started_at + FRAME * u32::from(round) + *moment;
            let wait = due.saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                thread::sleep(wait);
            }
            let header = RtpHeader {
                payload_type: 0,
                marker: false,
                sequence: first + round,
                timestamp: u32::from(first + round) * 160,
                ssrc: *number,
            };
            let mut packet = [0; RtpHeader::BYTES + 160];
            header.write(&mut packet).unwrap();
            packet[RtpHeader::BYTES..].copy_from_slice(&stamped_frame());
            socket.send_to(&packet, address).unwrap();
        }
    }
}

/// Spread without a pattern (multiplicative hashing), the same in every run.
fn moment(number: u32) -> Duration {
    let hash = number.wrapping_mul(2_654_435_769);
    FRAME.mul_f64(f64::from(hash) / f64::from(u32::MAX))
}

/// Reads now and then: waking a listener for every packet would be on the relay's bill, and the kernel has
/// noted when each packet came.
fn listen(socket: &UdpSocket, is_over: &AtomicBool) -> Vec<u64> {
    let mut latencies_ns = Vec::new();
    let mut buffer = [0; 2_000];
    let mut over_since: Option<Instant> = None;
    while over_since.is_none_or(|since| since.elapsed() < TRAIL) {
        thread::sleep(LISTEN_EVERY);
        while let Ok((len, _, arrived_at_ns)) = receive(socket, &mut buffer) {
            if let Ok(view) = RtpView::parse(&buffer[..len]) {
                latencies_ns.extend(latency_ns(&buffer[view.payload], arrived_at_ns));
            }
        }
        if is_over.load(Ordering::Relaxed) {
            over_since = over_since.or_else(|| Some(Instant::now()));
        }
    }
    latencies_ns
}
