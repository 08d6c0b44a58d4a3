//! Carrying out commands.

use std::time::Instant;

use rand_chacha::rand_core::Rng;

use crate::leg_io::Leg;
use crate::limits::{FRAME, LEGS_MAX, PACKET_BYTES_MAX, PROMPTS_MAX};
use crate::playback::{Playback, Prompt};
use crate::rtp_leg::RtpLeg;
use crate::sdp::{IceCredentials, WebRtcRemote};
use crate::webrtc::Demux;

use super::slot::{ActivePlay, Slot};
use super::transmit::Pending;
use super::{
    LegAudio, LegKey, PlayKey, SocketKey, SocketUse, StreamIdentity, Worker, WorkerCommand, WorkerEvent,
};

impl Worker {
    /// Carries out a command.
    pub fn handle_command(&mut self, command: WorkerCommand, now: Instant) {
        match command {
            WorkerCommand::AddRtpLeg {
                leg,
                socket,
                remote,
                latching,
                identity,
                audio,
            } => {
                let transport = Leg::Rtp(RtpLeg::new(remote, latching, now));
                self.add(leg, socket, transport, None, (identity, audio), now);
            }
            WorkerCommand::AddWebRtcLeg {
                leg,
                socket,
                ufrag,
                line,
                identity,
                audio,
            } => {
                let transport = Leg::WebRtc(line);
                self.add(leg, socket, transport, Some(&ufrag), (identity, audio), now);
            }
            WorkerCommand::Bridge { a, b } => self.bridge(a, b),
            WorkerCommand::Echo { leg } => self.echo(leg),
            WorkerCommand::Mute { leg, is_muted } => self.mute(leg, is_muted),
            WorkerCommand::Play {
                leg,
                play,
                prompts,
                is_looping,
            } => self.play(leg, play, prompts, is_looping, now),
            WorkerCommand::Remove { leg } => self.remove(leg, now),
            WorkerCommand::RenegotiateRtp { leg, remote, audio } => {
                if let Some((index, slot)) = self.find(leg) {
                    if let Leg::Rtp(transport) = &mut slot.leg
                        && transport.set_remote(remote, now)
                    {
                        slot.receive.forget_source();
                    }
                    self.set_audio(index, audio, now);
                }
            }
            WorkerCommand::RenegotiateWebRtc {
                leg,
                local,
                remote,
                audio,
            } => self.renegotiate_line(leg, &local, &remote, audio, now),
            WorkerCommand::SendDigit { leg, digit } => {
                if let Some((index, _)) = self.find(leg) {
                    self.relay_digit_to(index, digit, now);
                }
            }
            WorkerCommand::StopPlay { leg, play } => {
                if let Some((_, slot)) = self.find(leg)
                    && slot.play.as_ref().is_some_and(|active| active.play == play)
                {
                    slot.play = None;
                    slot.send.switch_feed();
                }
            }
            WorkerCommand::Unbridge { leg } => {
                if let Some((index, _)) = self.find(leg) {
                    self.unbridge(index);
                }
            }
        }
    }

    /// Repeats a digit of a bridged leg where it cannot pass through.
    pub(super) fn relay_digit(&mut self, listener: usize, digit: char, now: Instant) {
        let transcodes = self.slot_mut(listener).is_some_and(|slot| slot.transcodes());
        if transcodes {
            self.relay_digit_to(listener, digit, now);
        }
    }

    fn relay_digit_to(&mut self, index: usize, digit: char, now: Instant) {
        if let Some(slot) = self.slot_mut(index)
            && slot.digits_out.push(digit)
        {
            self.start_frames(index, now);
        }
    }

    fn add(
        &mut self,
        key: LegKey,
        socket: SocketKey,
        leg: Leg,
        ufrag: Option<&str>,
        (identity, audio): (StreamIdentity, LegAudio),
        now: Instant,
    ) {
        let index = self.free.last().copied().unwrap_or(self.slots.len());
        let is_known = self.keys.contains_key(&key);
        let is_full = self.keys.len() >= LEGS_MAX;
        if is_known || is_full || !self.take_socket(socket, ufrag, index) {
            self.events.push_back(WorkerEvent::Refused { leg: key });
            return;
        }
        let first_numbers = (self.random.next_u32() as u16, self.random.next_u32());
        let slot = Slot::new(key, socket, leg, identity, audio, first_numbers, now);
        if self.free.pop().is_none() {
            self.slots.push(None);
        }
        self.slots[index] = Some(Box::new(slot));
        self.keys.insert(key, index);
        self.schedule(index);
    }

    fn take_socket(&mut self, socket: SocketKey, ufrag: Option<&str>, index: usize) -> bool {
        match (self.sockets.get_mut(&socket), ufrag) {
            (None, None) => {
                self.sockets.insert(socket, SocketUse::Alone(index));
                true
            }
            (None, Some(ufrag)) => {
                let mut demux = Box::new(Demux::default());
                let is_registered = demux.register(ufrag, index).is_ok();
                self.sockets.insert(socket, SocketUse::Shared(demux));
                is_registered
            }
            (Some(SocketUse::Shared(demux)), Some(ufrag)) => demux.register(ufrag, index).is_ok(),
            (Some(SocketUse::Alone(_) | SocketUse::Shared(_)), _) => false,
        }
    }

    fn remove(&mut self, key: LegKey, now: Instant) {
        let Some(index) = self.keys.remove(&key) else {
            return;
        };
        self.unbridge(index);
        let Some(mut slot) = self.slots[index].take() else {
            return;
        };
        self.free.push(index);
        slot.leg.close(now);
        let mut buffer = [0; PACKET_BYTES_MAX];
        while let Some((len, destination)) = slot.leg.poll_transmit(&mut buffer) {
            let datagram = buffer[..len].to_vec();
            let farewell = Pending::Farewell(slot.socket, destination, datagram);
            self.pending.push_back(farewell);
        }
        match self.sockets.get_mut(&slot.socket) {
            Some(SocketUse::Shared(demux)) => demux.remove(index),
            Some(SocketUse::Alone(_)) => {
                self.sockets.remove(&slot.socket);
            }
            None => {}
        }
        let stats = slot.stats();
        self.events.push_back(WorkerEvent::Removed { leg: key, stats });
    }

    fn bridge(&mut self, a: LegKey, b: LegKey) {
        let (Some(&a), Some(&b)) = (self.keys.get(&a), self.keys.get(&b)) else {
            return;
        };
        if a == b {
            return;
        }
        self.unbridge(a);
        self.unbridge(b);
        self.listen(a, b);
        self.listen(b, a);
    }

    /// A bridge of one leg with itself.
    fn echo(&mut self, key: LegKey) {
        if let Some((index, _)) = self.find(key) {
            self.unbridge(index);
            self.listen(index, index);
        }
    }

    fn listen(&mut self, listener: usize, other: usize) {
        if let Some(codec) = self.slot_mut(other).map(|slot| slot.codec())
            && let Some(slot) = self.slot_mut(listener)
        {
            slot.bridge_to(other, codec);
        }
    }

    fn unbridge(&mut self, index: usize) {
        let bridge = self.slot_mut(index).and_then(|slot| slot.bridge.take());
        if let Some(bridge) = bridge
            && let Some(other) = self.slot_mut(bridge.other)
        {
            other.bridge = None;
        }
    }

    fn play(&mut self, key: LegKey, play: PlayKey, mut prompts: Vec<Prompt>, is_looping: bool, now: Instant) {
        let Some((index, slot)) = self.find(key) else {
            return;
        };
        prompts.truncate(PROMPTS_MAX);
        let playback = Playback::new(prompts, is_looping);
        slot.play = Some(ActivePlay { play, playback });
        self.start_frames(index, now);
    }

    fn mute(&mut self, key: LegKey, is_muted: bool) {
        let Some((_, slot)) = self.find(key) else {
            return;
        };
        slot.is_muted = is_muted;
        let listener = slot.bridge.as_ref().map(|bridge| bridge.other);
        // What was not sent meanwhile must not look like loss.
        if let Some(listener) = listener.and_then(|index| self.slot_mut(index)) {
            listener.send.switch_feed();
        }
    }

    /// Gives the leg its place on the common grid of frames, if it has none. Quarters of the legs
    /// stand 5 ms apart, so that their sends do not all fall on one moment.
    fn start_frames(&mut self, index: usize, now: Instant) {
        let epoch = self.epoch;
        let Some(slot) = self.slot_mut(index) else {
            return;
        };
        if slot.next_frame_at.is_some() {
            return;
        }
        let quarter = u32::try_from(index % 4).unwrap_or(0);
        let phase = FRAME / 4 * quarter;
        let elapsed = now.saturating_duration_since(epoch + phase);
        let frames = elapsed.as_nanos().div_ceil(FRAME.as_nanos());
        let frames = u32::try_from(frames).unwrap_or(u32::MAX);
        slot.next_frame_at = Some(epoch + phase + FRAME * frames);
        self.schedule(index);
    }

    fn renegotiate_line(
        &mut self,
        key: LegKey,
        local: &IceCredentials,
        remote: &WebRtcRemote,
        audio: LegAudio,
        now: Instant,
    ) {
        let Some((index, slot)) = self.find(key) else {
            return;
        };
        let socket = slot.socket;
        // Found first: a line that took credentials nobody can find it by would be deaf.
        let is_found = match self.sockets.get_mut(&socket) {
            Some(SocketUse::Shared(demux)) => demux.register(&local.ufrag, index).is_ok(),
            Some(SocketUse::Alone(_)) | None => false,
        };
        let is_taken = is_found
            && self.slot_mut(index).is_some_and(|slot| match &mut slot.leg {
                Leg::WebRtc(line) => line.renegotiate(local, remote, now).is_ok(),
                Leg::Rtp(_) => false,
            });
        if !is_taken {
            self.events
                .push_back(WorkerEvent::RenegotiationRefused { leg: key });
            return;
        }
        self.drain_leg_events(index);
        self.pending.push_back(Pending::Line(index));
        self.set_audio(index, audio, now);
    }

    fn set_audio(&mut self, index: usize, audio: LegAudio, now: Instant) {
        let Some(slot) = self.slot_mut(index) else {
            return;
        };
        let is_new_codec = slot.codec() != audio.codec;
        slot.set_audio(audio, now);
        let other = slot.bridge.as_ref().map(|bridge| bridge.other);
        if let Some(other) = other.filter(|_| is_new_codec) {
            self.listen(index, other);
            self.listen(other, index);
        }
        self.schedule(index);
    }

    fn find(&mut self, key: LegKey) -> Option<(usize, &mut Slot)> {
        let index = *self.keys.get(&key)?;
        Some((index, self.slot_mut(index)?))
    }
}
