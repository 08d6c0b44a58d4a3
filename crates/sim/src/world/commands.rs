//! What the engine commands, and what follows of itself.

use std::time::Duration;

use engine::{Audio, Command, CommandBody, Input};

use super::{Later, World};

/// How long a prompt takes to play.
const PROMPT: Duration = Duration::from_secs(3);
/// How often a browser says that it is there.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(3);

impl World {
    pub(super) fn happen(&mut self, later: Later) {
        match later {
            Later::ConnectLeg(leg) => {
                if self.reference.is_up(leg) {
                    self.input(Input::LegConnected { leg });
                }
            }
            Later::FinishPlay(leg, play) => {
                if self.playing.get(&leg) == Some(&play) {
                    self.playing.remove(&leg);
                    if !self.untold.contains(&leg) {
                        self.input(Input::PlayFinished { leg, play });
                    }
                }
            }
            Later::Heartbeat(agent) => {
                if self.heard.contains(&agent) {
                    self.later
                        .insert((self.now + HEARTBEAT_EVERY, Later::Heartbeat(agent)));
                    self.input(Input::AgentHeard(agent));
                }
            }
        }
    }

    pub(super) fn carry_out(&mut self, command: Command) {
        match command.body {
            CommandBody::Answer { leg } | CommandBody::StartAgentLeg { leg, .. } => {
                let up_at = self.now + self.connect_delay;
                self.later.insert((up_at, Later::ConnectLeg(leg)));
            }
            // The far end does as it likes, in its own time.
            CommandBody::Bridge { .. } | CommandBody::Dial { .. } => {}
            CommandBody::HangUp { leg, .. } => drop(self.playing.remove(&leg)),
            CommandBody::Play {
                leg,
                play,
                audio,
                repeat,
            } => {
                self.playing.insert(leg, play);
                if !repeat {
                    self.later
                        .insert((self.now + playing_time(&audio), Later::FinishPlay(leg, play)));
                }
            }
            CommandBody::Refuse { leg, reason } => drop(self.refused.insert(leg, reason)),
            CommandBody::Reply { id, outcome } => drop(self.replies.insert(id, outcome)),
            CommandBody::StopPlay { leg, play } => {
                if self.playing.get(&leg) == Some(&play) {
                    self.playing.remove(&leg);
                }
            }
        }
    }
}

fn playing_time(audio: &[Audio]) -> Duration {
    PROMPT * u32::try_from(audio.len()).unwrap_or(u32::MAX)
}
