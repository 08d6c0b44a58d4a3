//! The end of a process, and the next that takes over.

use engine::{Engine, Head};

use super::{World, seed_bytes};

/// What a process that ends does not get done any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Events are stored; the commands after them are not carried out.
    Commands,
    /// Nothing of what was decided is stored or carried out.
    Everything,
}

impl World {
    /// The process ends at once, and another takes over: calls and lines are gone.
    pub fn crash(&mut self, seed: u64) {
        self.losing = None;
        self.epoch += 1;
        self.later.clear();
        self.playing.clear();
        self.heard.clear();
        let head = self.log.last().map_or_else(Head::default, |last| Head {
            seq: last.seq,
            at: last.at,
        });
        self.reference.see_crash(head.at, &self.view);
        let config = self.engine.config().clone();
        self.engine = Engine::recover(&self.view, config, head, self.epoch, seed_bytes(seed), self.now);
        self.drain();
        self.check();
    }

    /// From now on the process gets less done, until it ends: [`Self::crash`] follows.
    pub fn begin_losing(&mut self, loss: Loss) {
        self.losing = Some(loss);
    }
}
