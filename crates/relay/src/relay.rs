//! The handle that starts, commands and stops the workers.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use media::{SocketKey, Worker, WorkerCommand, WorkerConfig, WorkerEvent, WorkerKey};
use socket2::{Domain, Protocol, Socket, Type};

use crate::config::RelayConfig;
use crate::limits::{ORDERS_WAITING_MAX, WEBRTC_SOCKET_BYTES};
use crate::port_pool::{PortLease, PortPool, PortsExhausted, Precedence};
use crate::ports::Port;
use crate::sys::{Waker, raise_open_files};
use crate::traffic::{SharedTraffic, Traffic};
use crate::worker_thread::{Order, Shared, WEBRTC_SOCKET, WorkerThread};

/// Why a relay does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration has no worker.
    #[error("a relay needs at least one worker")]
    NoWorkers,
    /// The range holds no even port with the odd one above it.
    #[error("the range of RTP ports holds no pair of an even port and the next")]
    NoRtpPorts,
    /// A port for browsers lies in the range of RTP ports, or they reach beyond 65535.
    #[error("UDP port {port} cannot be for browsers: it is an RTP port or there is none such")]
    WebRtcPort {
        /// The port.
        port: u32,
    },
    /// The port for browsers is taken or not permitted.
    #[error("UDP {address} for browsers cannot be bound")]
    BindWebRtc {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The system gives no more threads or descriptors.
    #[error("a worker cannot be started")]
    Worker(#[source] io::Error),
}

/// Why there is no port for a plain leg.
#[derive(Debug, thiserror::Error)]
pub enum OpenRtpError {
    /// All ports of the range are in use.
    #[error(transparent)]
    Exhausted(#[from] PortsExhausted),
    /// The address is not ours, or there are too many open files.
    #[error("UDP {address} for RTP cannot be bound")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A bound pair of UDP ports for one plain leg.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RtpPort {
    /// Whose legs may use it.
    pub worker: WorkerKey,
    /// Names it in [`WorkerCommand::AddRtpLeg`].
    pub socket: SocketKey,
    /// Where RTP is taken; RTCP is taken one port above. The IP is the one the relay is bound to.
    pub address: SocketAddr,
}

/// The workers of a node. Dropping it ends their threads and closes their sockets.
pub struct Relay {
    workers: Vec<WorkerHandle>,
    bind: IpAddr,
    pool: Arc<Mutex<PortPool>>,
}

/// A worker is behind with its orders and does not begin what this command would.
#[derive(thiserror::Error)]
#[error("the worker is overloaded")]
pub struct Overloaded(pub Box<WorkerCommand>);

impl fmt::Debug for Overloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Overloaded")
    }
}

struct WorkerHandle {
    orders: Sender<Order>,
    /// How many orders wait.
    waiting: Arc<AtomicUsize>,
    waker: Arc<Waker>,
    traffic: Arc<SharedTraffic>,
    webrtc: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    /// Binds the browsers' ports and starts the threads, named `relay-0` and so on. Each tells `events` what
    /// happens on its worker. That must not block, for meanwhile no packet of the worker moves, and must not
    /// own the relay, which waits for its threads when dropped. A panic in a worker ends the process. The
    /// process's limit of open files is raised as far as permitted: a leg takes two.
    ///
    /// # Errors
    /// Fails when ports contradict each other or cannot be bound, and when the system gives no thread.
    pub fn start(
        config: &RelayConfig,
        seed: u64,
        events: impl Fn(WorkerKey, WorkerEvent) + Clone + Send + 'static,
    ) -> Result<Self, StartError> {
        if config.workers == 0 {
            return Err(StartError::NoWorkers);
        }
        let pool = PortPool::new(&config.rtp_ports, Instant::now()).ok_or(StartError::NoRtpPorts)?;
        if let Err(error) = raise_open_files() {
            tracing::warn!(%error, "the limit of open files cannot be raised");
        }
        let mut relay = Self {
            workers: Vec::new(),
            bind: config.bind,
            pool: Arc::new(Mutex::new(pool)),
        };
        for number in 0..config.workers {
            let webrtc = relay.bind_webrtc(config.webrtc_port, number)?;
            let handle = relay.start_worker(config, WorkerKey(number), seed, webrtc, events.clone());
            relay.workers.push(handle.map_err(StartError::Worker)?);
        }
        Ok(relay)
    }

    /// Binds the next pair of ports, in the caller's thread. It is closed when its leg is removed or refused,
    /// or by [`Self::close_rtp`].
    ///
    /// # Errors
    /// Fails when no port of the range is free or the system gives no socket.
    ///
    /// # Panics
    /// When there is no such worker.
    pub fn open_rtp(&self, worker: WorkerKey, precedence: Precedence) -> Result<RtpPort, OpenRtpError> {
        let handle = self.worker(worker);
        let tries_max = self.pool().free_count();
        for _ in 0..=tries_max {
            let lease = self.pool().take(precedence, Instant::now())?;
            let address = SocketAddr::new(self.bind, lease.port);
            match bind_pair(lease, self.bind) {
                Ok(port) => {
                    handle.order(Order::Open(port));
                    return Ok(RtpPort {
                        worker,
                        socket: lease.socket_key(),
                        address,
                    });
                }
                Err(source) => {
                    self.pool().give_back(lease, Instant::now());
                    // Another program has this one; it rests like any other.
                    if source.kind() != io::ErrorKind::AddrInUse {
                        return Err(OpenRtpError::Bind { address, source });
                    }
                }
            }
        }
        Err(self.pool().exhausted().into())
    }

    /// Closes a port that no leg was given; nothing happens when one was.
    pub fn close_rtp(&self, port: &RtpPort) {
        self.worker(port.worker).order(Order::Close(port.socket));
    }

    /// The socket browsers of a worker share, with the address it is bound to.
    ///
    /// # Panics
    /// When there is no such worker.
    pub fn webrtc_address(&self, worker: WorkerKey) -> (SocketKey, SocketAddr) {
        (WEBRTC_SOCKET, self.worker(worker).webrtc)
    }

    /// Has a worker carry out a command; commands of one caller keep their order.
    ///
    /// # Errors
    /// Returns the command when the worker is overloaded and it would begin something: a leg, a prompt, a digit.
    /// All others are taken at any time.
    ///
    /// # Panics
    /// When there is no such worker.
    pub fn command(&self, worker: WorkerKey, command: WorkerCommand) -> Result<(), Overloaded> {
        let worker = self.worker(worker);
        if begins_something(&command) && worker.waiting.load(Ordering::Relaxed) >= ORDERS_WAITING_MAX {
            return Err(Overloaded(Box::new(command)));
        }
        worker.order(Order::Command(command));
        Ok(())
    }

    /// The same, however much waits: for the few commands that an emergency call consists of.
    ///
    /// # Panics
    /// When there is no such worker.
    pub fn insist(&self, worker: WorkerKey, command: WorkerCommand) {
        self.worker(worker).order(Order::Command(command));
    }

    /// The datagrams of a worker so far.
    ///
    /// # Panics
    /// When there is no such worker.
    pub fn traffic(&self, worker: WorkerKey) -> Traffic {
        self.worker(worker).traffic.read()
    }

    /// How many workers there are.
    pub fn worker_count(&self) -> usize {
        self.workers.len()
    }

    fn worker(&self, WorkerKey(number): WorkerKey) -> &WorkerHandle {
        let worker = self.workers.get(usize::from(number));
        worker.expect("keys of workers are below their number")
    }

    fn pool(&self) -> MutexGuard<'_, PortPool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bind_webrtc(&self, first: u16, number: u16) -> Result<UdpSocket, StartError> {
        let port = match first {
            0 => 0,
            first => u32::from(first) + u32::from(number),
        };
        let valid = u16::try_from(port)
            .ok()
            .filter(|port| !self.pool().contains(*port));
        let valid = valid.ok_or(StartError::WebRtcPort { port })?;
        let address = SocketAddr::new(self.bind, valid);
        bind(address, Some(WEBRTC_SOCKET_BYTES)).map_err(|source| StartError::BindWebRtc { address, source })
    }

    fn start_worker(
        &self,
        config: &RelayConfig,
        key: WorkerKey,
        seed: u64,
        webrtc: UdpSocket,
        events: impl Fn(WorkerKey, WorkerEvent) + Send + 'static,
    ) -> io::Result<WorkerHandle> {
        let worker = Worker::new(
            WorkerConfig {
                media_timeout: config.media_timeout,
            },
            seed.wrapping_add(u64::from(key.0)),
            Instant::now(),
        );
        let (sender, orders) = mpsc::channel();
        let waker = Arc::new(Waker::new()?);
        let traffic = Arc::new(SharedTraffic::default());
        let waiting = Arc::new(AtomicUsize::new(0));
        let shared = Shared {
            waiting: Arc::clone(&waiting),
            waker: Arc::clone(&waker),
            traffic: Arc::clone(&traffic),
            pool: Arc::clone(&self.pool),
        };
        let address = webrtc.local_addr()?;
        let thread = WorkerThread::new(key, worker, webrtc, orders, shared, events)?.spawn()?;
        Ok(WorkerHandle {
            orders: sender,
            waiting,
            waker,
            traffic,
            webrtc: address,
            thread: Some(thread),
        })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        for worker in &self.workers {
            worker.order(Order::Stop);
        }
        for worker in &mut self.workers {
            // A thread that panicked has ended the process.
            let _ = worker.thread.take().map(JoinHandle::join);
        }
    }
}

impl WorkerHandle {
    fn order(&self, order: Order) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // The receiver is there as long as the thread, which ends with this handle.
        let _ = self.orders.send(order);
        self.waker.wake();
    }
}

fn begins_something(command: &WorkerCommand) -> bool {
    match command {
        WorkerCommand::AddRtpLeg { .. }
        | WorkerCommand::AddWebRtcLeg { .. }
        | WorkerCommand::Play { .. }
        | WorkerCommand::SendDigit { .. } => true,
        WorkerCommand::Bridge { .. }
        | WorkerCommand::Echo { .. }
        | WorkerCommand::Mute { .. }
        | WorkerCommand::Remove { .. }
        | WorkerCommand::RenegotiateRtp { .. }
        | WorkerCommand::RenegotiateWebRtc { .. }
        | WorkerCommand::StopPlay { .. }
        | WorkerCommand::Unbridge { .. } => false,
    }
}

fn bind_pair(lease: PortLease, ip: IpAddr) -> io::Result<Port> {
    Ok(Port {
        lease,
        rtp: bind(SocketAddr::new(ip, lease.port), None)?,
        rtcp: bind(SocketAddr::new(ip, lease.port + 1), None)?,
        leg: None,
    })
}

fn bind(address: SocketAddr, buffer_bytes: Option<usize>) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    if let Some(bytes) = buffer_bytes {
        socket.set_recv_buffer_size(bytes)?;
        socket.set_send_buffer_size(bytes)?;
    }
    // Routers that look at it prefer audio; where it may not be set, packets go all the same.
    let _ = match address {
        SocketAddr::V4(_) => socket.set_tos_v4(EXPEDITED_FORWARDING),
        SocketAddr::V6(_) => socket.set_tclass_v6(EXPEDITED_FORWARDING),
    };
    socket.bind(&address.into())?;
    Ok(socket.into())
}

/// The traffic class of audio (RFC 4594 section 4.1): DSCP 46 above the two bits of ECN.
const EXPEDITED_FORWARDING: u32 = 46 << 2;
