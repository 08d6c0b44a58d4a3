//! What relaying costs: `cargo xtask bench media` prints the figures, each as `name: number unit`.
//!
//! This process is the node and carries the calls. A second one, started by it, is everybody else: telephones
//! that each send a packet every 20 ms, at moments of their own, and browsers (`str0m`). Packets carry the
//! moment they were sent; the kernel notes when they reached the other side, so a latency is the time in the
//! relay and twice in the kernel, not the time the other side took to wake up.
#![expect(clippy::print_stdout, reason = "figures are printed")]
#![expect(clippy::unwrap_used, reason = "a measurement may panic")]

#[path = "../tests/over_loopback/browser.rs"]
mod browser;
#[path = "../tests/over_loopback/legs.rs"]
mod legs;

mod calls {
    pub(crate) mod figures;
    pub(crate) mod heap;
    pub(crate) mod node;
    pub(crate) mod page;
    pub(crate) mod peers;
    pub(crate) mod phones;
    pub(crate) mod timestamps;
}

use std::env;

use self::calls::heap::Counting;
use self::calls::node::Node;
use self::calls::{node, peers};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const CALLS: u64 = 100;
const SECONDS: u64 = 20;

fn main() {
    let argument = env::args().nth(1).unwrap_or_default();
    if argument == node::PEERS {
        return peers::run();
    }
    let seconds = argument.parse().unwrap_or(SECONDS);
    let mut node = Node::start();
    node.warm_up();
    node.measure_rtp_rtp(CALLS, seconds);
    node.measure_rtp_webrtc(CALLS, seconds);
}
