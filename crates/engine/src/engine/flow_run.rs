//! What a contact hears: its flow, and what is played while it waits.

use std::sync::Arc;
use std::time::Duration;

use flow::{Action, Document, Exit, Facts, Step};
use model::config::Queue;
use model::event::{ContactEvent, FlowOutcome};
use model::{ContactId, DisconnectReason, FlowId, HoursId, LegId, QueueId, Timestamp};

use super::Engine;
use super::ending::Gone;
use crate::contact::{Contact, Stage};
use crate::deadline::Deadline;
use crate::input::{Audio, CommandBody, PlayId};
use crate::limits;

/// What a live contact hears and waits for.
pub(super) struct Run {
    flow: FlowId,
    /// The flow as it was when the contact came: one that is changed meanwhile is for those who come after.
    document: Arc<Document>,
    blocks_entered_count: u32,
    /// What is being played, and what for.
    playing: Option<(PlayId, Purpose)>,
    /// A key is waited for, this long after the prompts.
    awaits_digit: Option<Duration>,
}

/// What something is played for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    DigitPrompt,
    FlowPrompt,
    Music,
    Position,
}

impl Run {
    pub(super) const fn new(flow: FlowId, document: Arc<Document>) -> Self {
        Self {
            flow,
            document,
            blocks_entered_count: 0,
            playing: None,
            awaits_digit: None,
        }
    }
}

impl Engine {
    /// The flow's document as of the revision in force.
    pub(super) fn document(&mut self, flow: FlowId) -> Option<Arc<Document>> {
        if let Some(document) = self.documents.get(&flow) {
            return Some(Arc::clone(document));
        }
        let parsed = Document::parse(&self.config.flows.get(&flow)?.document);
        let document = Arc::new(parsed.ok()?);
        self.documents.insert(flow, Arc::clone(&document));
        Some(document)
    }

    pub(super) fn begin_flow(&mut self, id: ContactId) {
        let Some(run) = self.runs.get(&id) else {
            return;
        };
        let step = self.walk(|facts| flow::begin(&run.document, facts));
        self.follow(id, step);
    }

    fn take_exit(&mut self, id: ContactId, exit: Exit) {
        let (Some(run), Some(contact)) = (self.runs.get(&id), self.contacts.get(&id)) else {
            return;
        };
        let Stage::InFlow { block } = &contact.stage else {
            return;
        };
        let step = self.walk(|facts| flow::take_exit(&run.document, block, exit, facts));
        self.follow(id, step);
    }

    fn walk(&self, walk: impl FnOnce(Facts<'_>) -> Step) -> Step {
        let is_open = |hours: HoursId| {
            let hours = self.config.hours.get(&hours);
            hours.is_some_and(|hours| hours.is_open(self.now))
        };
        let has_room = |queue: QueueId| {
            let waiting_max = self.config.queues.get(&queue).map(|queue| queue.waiting_max);
            waiting_max.is_some_and(|max| self.matcher.waiting_count(queue) < max as usize)
        };
        walk(Facts {
            is_open: &is_open,
            has_room: &has_room,
        })
    }

    fn follow(&mut self, id: ContactId, step: Step) {
        let Some(run) = self.runs.get_mut(&id) else {
            return;
        };
        let flow = run.flow;
        run.blocks_entered_count += u32::try_from(step.entered.len()).unwrap_or(u32::MAX);
        let is_endless = run.blocks_entered_count > flow::limits::STEPS_PER_CONTACT_MAX;
        if let Action::GetDigit { timeout_s, .. } = step.action {
            run.awaits_digit = Some(Duration::from_secs(timeout_s.into()));
        }
        for block in step.entered {
            self.record_contact(id, ContactEvent::BlockEntered { flow, block });
        }
        if is_endless {
            return self.end_flow(id, FlowOutcome::Failed, DisconnectReason::LimitReached);
        }
        match step.action {
            Action::Disconnect => self.end_flow(id, FlowOutcome::Disconnect, DisconnectReason::FlowEnded),
            Action::Fail(halt) => {
                tracing::warn!(contact.id = %id, flow.id = %flow, %halt, "a flow could not go on");
                self.end_flow(id, FlowOutcome::Failed, DisconnectReason::FlowFailed);
            }
            Action::GetDigit { prompts, .. } => self.play(id, Purpose::DigitPrompt, named(prompts)),
            Action::Play { prompts } => self.play(id, Purpose::FlowPrompt, named(prompts)),
            Action::TransferToQueue { queue, priority } => {
                let outcome = FlowOutcome::Queue;
                self.record_contact(id, ContactEvent::FlowEnded { flow, outcome });
                self.enqueue(id, queue, priority, self.now);
                self.say_position(id);
            }
        }
    }

    fn end_flow(&mut self, id: ContactId, outcome: FlowOutcome, reason: DisconnectReason) {
        if let Some(flow) = self.runs.get(&id).map(|run| run.flow) {
            self.record_contact(id, ContactEvent::FlowEnded { flow, outcome });
        }
        if let Some(contact) = self.contacts.get(&id).cloned() {
            self.disconnect(&contact, reason, Gone::Nothing);
        }
    }

    pub(super) fn enqueue(&mut self, id: ContactId, queue: QueueId, priority: u8, since: Timestamp) {
        let enqueued = ContactEvent::Enqueued {
            queue,
            priority,
            since,
        };
        self.record_contact(id, enqueued);
        let wait_ends_at = self.now + self.config.settings.wait_max();
        self.deadlines.set(Deadline::WaitMax(id), wait_ends_at);
        self.schedule_position(id);
    }

    pub(super) fn announce_position(&mut self, id: ContactId) {
        self.schedule_position(id);
        let contact = self.contacts.get(&id);
        if contact.is_some_and(|contact| contact.stage == Stage::Waiting) {
            self.say_position(id);
        }
    }

    fn schedule_position(&mut self, id: ContactId) {
        let every_s = self.queue_of(id).map(|queue| queue.announce_position_every_s);
        if let Some(every_s) = every_s.filter(|every_s| *every_s > 0) {
            let due_at = self.now + Duration::from_secs(every_s.into());
            self.deadlines.set(Deadline::AnnouncePosition(id), due_at);
        }
    }

    /// Says the place in the queue where the queue wants it said, else plays music.
    fn say_position(&mut self, id: ContactId) {
        let queue = self.queue_of(id);
        let says = queue.is_some_and(|queue| queue.announce_position_every_s > 0);
        match self.matcher.position(id).filter(|_| says) {
            Some(position) => self.play(id, Purpose::Position, vec![Audio::Position(position)]),
            None => self.play_music(id),
        }
    }

    pub(super) fn play_music(&mut self, id: ContactId) {
        let music = self.queue_of(id).map(|queue| queue.music.clone());
        let audio = music.map(Audio::Prompt).into_iter().collect();
        self.play(id, Purpose::Music, audio);
    }

    fn queue_of(&self, id: ContactId) -> Option<&Queue> {
        let (queue, _) = self.contacts.get(&id)?.place?;
        self.config.queues.get(&queue)
    }

    fn play(&mut self, id: ContactId, purpose: Purpose, audio: Vec<Audio>) {
        let (Some(contact), Some(run)) = (self.contacts.get(&id), self.runs.get_mut(&id)) else {
            return;
        };
        let leg = contact.leg;
        self.plays_count += 1;
        let play = PlayId(self.plays_count);
        run.playing = Some((play, purpose));
        match purpose {
            Purpose::Music => self.deadlines.cancel(Deadline::PlaybackOverdue(id)),
            Purpose::Position | Purpose::DigitPrompt | Purpose::FlowPrompt => {
                let overdue_at = self.now + limits::PLAYBACK_MAX;
                self.deadlines.set(Deadline::PlaybackOverdue(id), overdue_at);
            }
        }
        self.command(CommandBody::Play {
            leg,
            play,
            audio,
            repeat: purpose == Purpose::Music,
        });
    }

    pub(super) fn stop_play(&mut self, contact: &Contact) {
        self.deadlines.cancel(Deadline::PlaybackOverdue(contact.id));
        let run = self.runs.get_mut(&contact.id);
        if let Some((play, _)) = run.and_then(|run| run.playing.take()) {
            let leg = contact.leg;
            self.command(CommandBody::StopPlay { leg, play });
        }
    }

    pub(super) fn finish_play(&mut self, leg: LegId, play: PlayId) {
        let Some(id) = self.legs.get(&leg).copied() else {
            return;
        };
        let Some(run) = self.runs.get_mut(&id) else {
            return;
        };
        let Some((_, purpose)) = run.playing.take_if(|(playing, _)| *playing == play) else {
            return;
        };
        self.deadlines.cancel(Deadline::PlaybackOverdue(id));
        match purpose {
            Purpose::Position => self.play_music(id),
            Purpose::DigitPrompt => {
                if let Some(timeout) = run.awaits_digit {
                    let due_at = self.now + timeout;
                    self.deadlines.set(Deadline::DigitTimeout(id), due_at);
                }
            }
            Purpose::FlowPrompt => self.take_exit(id, Exit::Next),
            Purpose::Music => {}
        }
    }

    /// A contact must not wait for ever for an end that was lost.
    pub(super) fn give_up_playing(&mut self, id: ContactId) {
        let leg = self.contacts.get(&id).map(|contact| contact.leg);
        let playing = self.runs.get(&id).and_then(|run| run.playing);
        if let (Some(leg), Some((play, _))) = (leg, playing) {
            tracing::warn!(contact.id = %id, "the end of a prompt was never told");
            self.finish_play(leg, play);
        }
    }

    pub(super) fn press_digit(&mut self, leg: LegId, digit: char) {
        let Some(contact) = self.contact_of(leg).filter(|contact| contact.leg == leg) else {
            return;
        };
        if !self.stop_awaiting_digit(contact.id) {
            return;
        }
        self.record_contact(contact.id, ContactEvent::DigitPressed { digit });
        self.stop_play(&contact);
        self.take_exit(contact.id, Exit::Digit(digit));
    }

    pub(super) fn miss_digit(&mut self, id: ContactId) {
        if self.stop_awaiting_digit(id) {
            self.take_exit(id, Exit::Timeout);
        }
    }

    fn stop_awaiting_digit(&mut self, id: ContactId) -> bool {
        self.deadlines.cancel(Deadline::DigitTimeout(id));
        let run = self.runs.get_mut(&id);
        run.is_some_and(|run| run.awaits_digit.take().is_some())
    }
}

fn named(prompts: Vec<String>) -> Vec<Audio> {
    prompts.into_iter().map(Audio::Prompt).collect()
}
