//! The thread of a worker: sleeps, carries packets, does what is due, carries out commands.

mod carry;
mod orders;

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use media::{LegKey, SocketKey, Worker, WorkerEvent, WorkerKey};

use crate::departures::Departures;
use crate::limits::{BATCH_MAX, READY_MAX, TIMEOUT_STEP_MIN};
use crate::port_pool::PortPool;
use crate::ports::Ports;
use crate::sys::{Datagram, Readiness, Timer, Waker};
use crate::traffic::{SharedTraffic, Traffic};

pub(crate) use self::orders::Order;

/// The socket of a worker's browsers; plain legs have their port in the low half of the key, and none is 0.
pub(crate) const WEBRTC_SOCKET: SocketKey = SocketKey(0);

/// What a thread shares with the handle of its worker.
pub(crate) struct Shared {
    pub(crate) waiting: Arc<AtomicUsize>,
    pub(crate) waker: Arc<Waker>,
    pub(crate) traffic: Arc<SharedTraffic>,
    pub(crate) pool: Arc<Mutex<PortPool>>,
}

pub(crate) struct WorkerThread<E> {
    key: WorkerKey,
    worker: Worker,
    events: E,
    orders: Receiver<Order>,
    shared: Shared,
    readiness: Readiness,
    timer: Timer,
    /// What the timer is set to.
    timer_at: Option<Instant>,
    webrtc: UdpSocket,
    /// Whether the sockets want IPv4 addresses in their IPv6 form.
    is_v6: bool,
    ports: Ports,
    /// Which socket a plain leg has.
    legs: BTreeMap<LegKey, SocketKey>,
    arrivals: Vec<Datagram>,
    /// For what the worker sends of its own accord.
    own: Box<Datagram>,
    departures: Departures,
    traffic: Traffic,
}

impl<E: Fn(WorkerKey, WorkerEvent) + Send + 'static> WorkerThread<E> {
    pub(crate) fn new(
        key: WorkerKey,
        worker: Worker,
        webrtc: UdpSocket,
        orders: Receiver<Order>,
        shared: Shared,
        events: E,
    ) -> io::Result<Self> {
        let readiness = Readiness::new(READY_MAX)?;
        let timer = Timer::new()?;
        readiness.add(&shared.waker, Token::Waker.into())?;
        readiness.add(&timer, Token::Timer.into())?;
        readiness.add(&webrtc, Token::WebRtc.into())?;
        let is_v6 = webrtc.local_addr().is_ok_and(|address| address.is_ipv6());
        Ok(Self {
            key,
            worker,
            events,
            orders,
            shared,
            readiness,
            timer,
            timer_at: None,
            webrtc,
            is_v6,
            ports: Ports::default(),
            legs: BTreeMap::new(),
            arrivals: vec![Datagram::EMPTY; BATCH_MAX],
            own: Box::new(Datagram::EMPTY),
            departures: Departures::new(),
            traffic: Traffic::default(),
        })
    }

    /// Starts the thread. A panic in it ends the process: its calls would be deaf, and nobody would notice.
    pub(crate) fn spawn(mut self) -> io::Result<JoinHandle<()>> {
        let WorkerKey(number) = self.key;
        thread::Builder::new()
            .name(format!("relay-{number}"))
            .spawn(move || {
                if catch_unwind(AssertUnwindSafe(|| self.run())).is_err() {
                    tracing::error!(worker = number, "a relay worker panicked; the process ends");
                    std::process::abort();
                }
            })
    }

    fn run(&mut self) {
        let mut is_stopped = false;
        while !is_stopped {
            self.set_timer();
            let ready_count = self.readiness.wait().expect("the descriptors stay open");
            for index in 0..ready_count {
                match Token::from(self.readiness.token(index)) {
                    Token::Waker => is_stopped = self.follow_orders(),
                    Token::Timer => self.arm_timer(None),
                    Token::WebRtc => self.read_webrtc(),
                    Token::Rtp(port) => self.read_rtp(port),
                    Token::Rtcp(port) => self.read_rtcp(port),
                }
            }
            self.handle_due();
            self.flush();
            self.traffic.wakeup_count += 1;
            self.shared.traffic.show(&self.traffic);
        }
    }

    fn handle_due(&mut self) {
        let now = Instant::now();
        if self.worker.poll_timeout().is_some_and(|(at, _)| at <= now) {
            self.worker.handle_timeout(now);
            self.drain(now);
        }
    }

    fn set_timer(&mut self) {
        let at = self.worker.poll_timeout().map(|(at, _)| at);
        if self.timer_at != at {
            let now = Instant::now();
            self.arm_timer(at.map(|at| if at <= now { now + TIMEOUT_STEP_MIN } else { at }));
        }
    }

    fn arm_timer(&mut self, at: Option<Instant>) {
        let delay = at.map(|at| at.saturating_duration_since(Instant::now()));
        self.timer.set(delay).expect("the descriptor stays open");
        self.timer_at = at;
    }

    fn outward(&self, peer: SocketAddr) -> SocketAddr {
        match peer {
            SocketAddr::V4(v4) if self.is_v6 => (v4.ip().to_ipv6_mapped(), v4.port()).into(),
            SocketAddr::V4(_) | SocketAddr::V6(_) => peer,
        }
    }
}

/// Why a thread woke up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Token {
    Waker,
    Timer,
    WebRtc,
    /// A plain leg, by its RTP port.
    Rtp(u16),
    /// The reports of a plain leg, by its RTP port.
    Rtcp(u16),
}

const KIND_SHIFT: u32 = 16;

impl From<Token> for u64 {
    fn from(token: Token) -> Self {
        match token {
            Token::Waker => 0,
            Token::Timer => 1 << KIND_SHIFT,
            Token::WebRtc => 2 << KIND_SHIFT,
            Token::Rtp(port) => 3 << KIND_SHIFT | Self::from(port),
            Token::Rtcp(port) => 4 << KIND_SHIFT | Self::from(port),
        }
    }
}

impl From<u64> for Token {
    fn from(bits: u64) -> Self {
        let port = bits as u16;
        match bits >> KIND_SHIFT {
            0 => Self::Waker,
            1 => Self::Timer,
            2 => Self::WebRtc,
            3 => Self::Rtp(port),
            _ => Self::Rtcp(port),
        }
    }
}
