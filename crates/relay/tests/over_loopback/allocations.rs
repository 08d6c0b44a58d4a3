use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;

use media::{LegKey, SocketKey, WorkerCommand, WorkerEvent};
use relay::{Precedence, Relay, RtpPort};

use super::exchange::{PATIENCE, WORKER, config};
use super::legs::add_rtp_leg;
use super::phone::{Phone, frame};

struct Counting;

thread_local! {
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

#[test]
fn packets_pass_a_worker_without_allocation() {
    // Events are told on the worker's thread, which thus can say what it has allocated so far. The channel
    // has its room from the start.
    let (sender, counts) = mpsc::sync_channel(16);
    let relay = Relay::start(&config(17_940..=17_959), 7, move |_, event| {
        if matches!(event, WorkerEvent::Refused { .. }) {
            sender.send(ALLOCATIONS.get()).unwrap();
        }
    });
    let relay = relay.unwrap();
    let mut phones = [Phone::new(), Phone::new()];
    for (leg, phone) in (0..).zip(&mut phones) {
        let port = relay.open_rtp(WORKER, Precedence::Ordinary).unwrap();
        phone.dial(port.address);
        relay
            .command(WORKER, add_rtp_leg(leg, port, phone.address()))
            .unwrap();
    }
    let (a, b) = (LegKey(0), LegKey(1));
    relay.command(WORKER, WorkerCommand::Bridge { a, b }).unwrap();
    let refused = || {
        let nowhere = RtpPort {
            worker: WORKER,
            socket: SocketKey(u32::MAX),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 9)),
        };
        relay
            .command(WORKER, add_rtp_leg(9, nowhere, nowhere.address))
            .unwrap();
        counts.recv_timeout(PATIENCE).unwrap()
    };
    refused();
    let [ana, bo] = &mut phones;
    let mut talk = |rounds| {
        for round in 0..rounds {
            ana.says(&frame(round));
            assert_eq!(bo.hears().payload, frame(round));
            bo.says(&frame(round));
            assert_eq!(ana.hears().payload, frame(round));
        }
    };
    // The first packets latch, which is told.
    talk(1);
    let before = refused();
    talk(250);
    assert_eq!(refused(), before);
}
