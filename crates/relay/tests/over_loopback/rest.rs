use std::time::Duration;

use super::exchange::{Exchange, WORKER};
use super::phone::Phone;

#[test]
fn a_worker_with_nothing_to_do_sleeps() {
    let exchange = Exchange::new(17_800..=17_819);
    let mut ana = Phone::new();
    let leg = 1;
    exchange.add(leg, &mut ana);
    exchange.remove(leg);
    let before = exchange.relay.traffic(WORKER).wakeup_count;
    exchange.add(leg, &mut ana);
    assert!(exchange.is_quiet_for(Duration::from_millis(500)));
    let wakeups = exchange.relay.traffic(WORKER).wakeup_count - before;
    assert!(wakeups < 10, "{wakeups} wake-ups in half a second of silence");
}
