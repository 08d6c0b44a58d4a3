//! The path of a packet through a bridge of equal codecs takes nothing from the heap.
#![expect(clippy::disallowed_macros, reason = "nobody hands an allocator its counter")]
#![expect(clippy::disallowed_methods, reason = "virtual time has to start somewhere")]
#![expect(clippy::print_stdout, reason = "the time per packet is worth reading")]
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Instant;

use media::limits::{FRAME, PACKET_BYTES_MAX};
use media::rtp::RtpHeader;
use media::sdp::{Direction, PayloadTypes};
use media::{
    Codec, Latching, LegAudio, LegKey, SocketKey, StreamIdentity, Worker, WorkerCommand, WorkerConfig,
};

struct Counting;

thread_local! {
    /// Of this thread alone: the test harness allocates beside it when it likes.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const LEGS: u32 = 600;
const ROUNDS: u16 = 50;

#[test]
fn packets_of_600_bridged_legs_pass_without_allocation() {
    let start = Instant::now();
    let mut worker = bridged_worker(start);
    let mut buffer = [0; PACKET_BYTES_MAX];
    let mut passed = 0;
    let mut allocations = 0;
    let mut now = start;
    for round in 0..ROUNDS {
        let before = ALLOCATIONS.get();
        for leg in 0..LEGS {
            let header = RtpHeader {
                payload_type: 0,
                marker: false,
                sequence: round,
                timestamp: u32::from(round) * 160,
                ssrc: leg,
            };
            header.write(&mut buffer).unwrap();
            let transmit = worker.handle_packet(SocketKey(leg), &mut buffer, 172, peer(leg), now);
            passed += u32::from(transmit.is_some());
        }
        worker.handle_timeout(now);
        while worker.poll_transmit(&mut buffer, now).is_some() {}
        // The first packets latch and report it, and make room for such reports.
        if round > 0 {
            allocations += ALLOCATIONS.get() - before;
        }
        while worker.poll_event().is_some() {}
        now += FRAME;
    }
    let packets = LEGS * u32::from(ROUNDS);
    assert_eq!(passed, packets);
    assert_eq!(allocations, 0);
    println!(
        "{} ns per packet",
        start.elapsed().as_nanos() / u128::from(packets)
    );
}

fn peer(leg: u32) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 10_000 + u16::try_from(leg).unwrap()))
}

fn bridged_worker(now: Instant) -> Worker {
    let payload_types = PayloadTypes {
        audio: 0,
        telephone_event: Some(101),
    };
    let mut worker = Worker::new(WorkerConfig::default(), 1, now);
    for leg in 0..LEGS {
        let add = WorkerCommand::AddRtpLeg {
            leg: LegKey(leg.into()),
            socket: SocketKey(leg),
            remote: Some(peer(leg)),
            latching: Latching::Signalled,
            identity: StreamIdentity {
                ssrc: leg,
                cname: "offhook".to_owned(),
            },
            audio: LegAudio {
                codec: Codec::Pcmu,
                send: payload_types,
                receive: payload_types,
                direction: Direction::SendRecv,
                rtcp_mux: true,
            },
        };
        worker.handle_command(add, now);
        if leg % 2 == 1 {
            let (a, b) = (LegKey(u64::from(leg) - 1), LegKey(leg.into()));
            worker.handle_command(WorkerCommand::Bridge { a, b }, now);
        }
    }
    worker
}
