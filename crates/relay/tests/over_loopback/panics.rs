use std::env;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use relay::{Precedence, Relay};

use super::exchange::{PATIENCE, WORKER, config};
use super::legs::add_rtp_leg;
use super::phone::Phone;

const IN_CHILD: &str = "RELAY_TEST_PANICS";

#[test]
fn a_panic_on_a_worker_ends_the_process() {
    if env::var_os(IN_CHILD).is_some() {
        return panic_on_a_worker();
    }
    let name = "over_loopback::panics::a_panic_on_a_worker_ends_the_process";
    let mut this = Command::new(env::current_exe().unwrap());
    let output = this.args(["--exact", name]).env(IN_CHILD, "1").output().unwrap();
    const SIGABRT: i32 = 6;
    assert_eq!(output.status.signal(), Some(SIGABRT), "{output:?}");
}

fn panic_on_a_worker() {
    let relay = Relay::start(&config(17_820..=17_839), 1, |_, event| panic!("{event:?}")).unwrap();
    let phone = Phone::new();
    let port = relay.open_rtp(WORKER, Precedence::Ordinary).unwrap();
    for _ in 0..2 {
        relay
            .command(WORKER, add_rtp_leg(1, port, phone.address()))
            .unwrap();
    }
    std::thread::park_timeout(PATIENCE);
}
