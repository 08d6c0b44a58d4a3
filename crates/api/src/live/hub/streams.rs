//! Every viewer's stream of numbered frames, told from one list of frames.
//!
//! A viewer sees the frames for everyone, those for admins if they are one, and those about the agent they are. The
//! number of a viewer's last frame is how many frames they could see so far; so numbers rise by one in every stream
//! while a frame is kept once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use model::{AgentId, Timestamp};

use crate::auth::Caller;
use crate::limits;
use crate::live::fold::Audience;
use crate::live::message::numbered;

/// Who looks.
#[derive(Debug, Clone, Copy)]
pub(in crate::live) struct Viewer {
    /// Whether they see everything.
    pub(in crate::live) is_admin: bool,
    /// The agent they are.
    pub(in crate::live) agent: Option<AgentId>,
}

impl Viewer {
    /// Whoever sent a request.
    pub(in crate::live) fn of(caller: &Caller) -> Self {
        Self {
            is_admin: caller.is_admin,
            agent: caller.agent,
        }
    }

    /// Whether they see a frame.
    pub(in crate::live) fn sees(self, audience: Audience) -> bool {
        match audience {
            Audience::Admins => self.is_admin,
            Audience::Agent(agent) => self.agent == Some(agent),
            Audience::Everyone => true,
        }
    }
}

/// One change, before it is numbered for a stream.
#[derive(Debug, Clone)]
pub(in crate::live) struct Frame {
    /// Who sees it.
    pub(in crate::live) audience: Audience,
    /// The change as a JSON object.
    pub(in crate::live) json: Arc<str>,
}

/// All streams of a tenant.
pub(super) struct Streams {
    base: u64,
    everyone_count: u64,
    admins_count: u64,
    agent_counts: BTreeMap<AgentId, u64>,
    remembered: VecDeque<Frame>,
}

impl Streams {
    /// Begins streams whose numbers are above those of any that began earlier, so that none of those resumes here.
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            // Up to a thousand frames per millisecond, and still exact in a browser's numbers.
            base: now.as_millis().unsigned_abs() * 1000,
            everyone_count: 0,
            admins_count: 0,
            agent_counts: BTreeMap::new(),
            remembered: VecDeque::new(),
        }
    }

    /// The number of the last frame in a viewer's stream.
    pub(super) fn seq(&self, viewer: Viewer) -> u64 {
        let admins_count = if viewer.is_admin { self.admins_count } else { 0 };
        let agent_count = viewer
            .agent
            .and_then(|agent| self.agent_counts.get(&agent))
            .copied();
        self.base + self.everyone_count + admins_count + agent_count.unwrap_or(0)
    }

    /// Appends a frame to the streams of those who see it.
    pub(super) fn push(&mut self, frame: Frame) {
        match frame.audience {
            Audience::Admins => self.admins_count += 1,
            Audience::Agent(agent) => *self.agent_counts.entry(agent).or_default() += 1,
            Audience::Everyone => self.everyone_count += 1,
        }
        if self.remembered.len() == limits::LIVE_FRAMES_REMEMBERED_MAX {
            self.remembered.pop_front();
        }
        self.remembered.push_back(frame);
    }

    /// The frames of a viewer's stream after a number, as text; none if they are not all remembered, or the number
    /// was never reached.
    pub(super) fn after(&self, viewer: Viewer, number: u64) -> Option<Vec<String>> {
        let seq = self.seq(viewer);
        let missed_count = seq.checked_sub(number)?;
        let seen = self
            .remembered
            .iter()
            .rev()
            .filter(|frame| viewer.sees(frame.audience));
        let missed = usize::try_from(missed_count).ok()?;
        let mut frames: Vec<String> = seen
            .take(missed)
            .zip((0..=seq).rev())
            .map(|(frame, number)| numbered(number, &frame.json))
            .collect();
        frames.reverse();
        (frames.len() == missed).then_some(frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAYA: AgentId = AgentId::from_bits(1);
    const BO: AgentId = AgentId::from_bits(2);

    fn frame(audience: Audience, name: &str) -> Frame {
        Frame {
            audience,
            json: format!("{{\"type\":\"{name}\"}}").into(),
        }
    }

    fn streams() -> Streams {
        let mut streams = Streams::new(Timestamp::from_millis(1));
        for (audience, name) in [
            (Audience::Everyone, "a"),
            (Audience::Agent(MAYA), "b"),
            (Audience::Admins, "c"),
            (Audience::Agent(BO), "d"),
            (Audience::Everyone, "e"),
        ] {
            streams.push(frame(audience, name));
        }
        streams
    }

    #[test]
    fn every_stream_is_numbered_without_gaps() {
        let streams = streams();
        for (is_admin, agent, expected) in [
            (false, None, r#"{"seq":1001,"type":"a"} {"seq":1002,"type":"e"}"#),
            (
                false,
                Some(BO),
                r#"{"seq":1001,"type":"a"} {"seq":1002,"type":"d"} {"seq":1003,"type":"e"}"#,
            ),
            (
                true,
                None,
                r#"{"seq":1001,"type":"a"} {"seq":1002,"type":"c"} {"seq":1003,"type":"e"}"#,
            ),
        ] {
            let viewer = Viewer { is_admin, agent };
            assert_eq!(streams.after(viewer, 1000).unwrap().join(" "), expected);
        }
    }

    #[test]
    fn a_stream_resumes_only_where_nothing_is_lost() {
        let mut streams = streams();
        let maya = Viewer {
            is_admin: true,
            agent: Some(MAYA),
        };
        assert_eq!(streams.seq(maya), 1004);
        assert_eq!(streams.after(maya, 1004), Some(vec![]));
        assert_eq!(streams.after(maya, 1003).unwrap(), [r#"{"seq":1004,"type":"e"}"#]);
        assert_eq!(streams.after(maya, 1005), None, "a number that was never reached");
        assert_eq!(streams.after(maya, 999), None, "a stream of an earlier process");
        for _ in 0..limits::LIVE_FRAMES_REMEMBERED_MAX {
            streams.push(frame(Audience::Everyone, "f"));
        }
        assert_eq!(streams.after(maya, 1003), None, "frames that are forgotten");
    }
}
