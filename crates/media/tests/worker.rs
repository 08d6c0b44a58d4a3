//! Legs on a worker: bridges, prompts, digits and figures, in virtual time.
#![expect(clippy::disallowed_methods, reason = "virtual time has to start somewhere")]
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "worker/bridges.rs"]
mod bridges;
#[path = "worker/digits.rs"]
mod digits;
#[path = "worker/figures.rs"]
mod figures;
#[path = "worker/hold.rs"]
mod hold;
#[path = "worker/latching.rs"]
mod latching;
#[path = "worker/playback.rs"]
mod playback;
#[path = "worker/silence.rs"]
mod silence;
#[path = "worker/world.rs"]
mod world;

#[test]
fn workers_and_what_they_are_told_may_move_to_another_thread() {
    fn assert_send<T: Send>() {}
    assert_send::<media::Worker>();
    assert_send::<media::WorkerCommand>();
    assert_send::<media::WorkerEvent>();
}
