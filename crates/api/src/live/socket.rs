//! One live socket.

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::SinkExt;
use model::{AgentId, TenantId};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Instant, MissedTickBehavior};

use super::hub::{Attached, Frames, Seat, Viewer, text};
use super::message::{ClientMessage, LiveGreeting, numbered};
use crate::auth::{self, Caller, Credential};
use crate::limits;
use crate::state::ApiState;

/// The session ended.
const SESSION_ENDED: u16 = 4401;

/// The client was too slow, or the stream cannot go on: connect anew.
const TOO_SLOW: u16 = 4408;

/// The client sends more than a client has to say.
const TOO_MUCH: u16 = 4429;

/// Serves one socket until either side is done with it.
pub(super) async fn serve(
    socket: WebSocket,
    state: ApiState,
    caller: Caller,
    viewer: Viewer,
    seat: Seat,
    resume: Option<u64>,
) {
    let Attached {
        greeting,
        seq,
        mut frames,
    } = seat.attach(viewer, resume, state.backend.now());
    let mut live = LiveSocket {
        socket,
        state,
        seq,
        heard_count: 0,
    };
    for frame in greeting {
        if live.send(frame).await.is_err() {
            return;
        }
    }
    let agent = caller.agent.map(|agent| (caller.tenant, agent));
    // Whoever comes in has just been looked at.
    let first_check = Instant::now() + limits::LIVE_SESSION_CHECK;
    let mut session_check = tokio::time::interval_at(first_check, limits::LIVE_SESSION_CHECK);
    session_check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut silent_at = Instant::now() + limits::LIVE_SILENCE_MAX;
    loop {
        let goes_on = tokio::select! {
            told = frames.recv() => match told {
                Ok(told) => match with_waiting(told, &mut frames) {
                    Some(told) => live.tell(&told, viewer).await,
                    None => live.close(TOO_SLOW).await,
                },
                Err(RecvError::Lagged(_) | RecvError::Closed) => live.close(TOO_SLOW).await,
            },
            message = live.socket.recv() => {
                silent_at = Instant::now() + limits::LIVE_SILENCE_MAX;
                live.hear(message, agent).await
            }
            _ = session_check.tick() => live.check_session(&caller).await,
            () = tokio::time::sleep_until(silent_at) => Err(Done),
        };
        if goes_on.is_err() {
            return;
        }
    }
}

/// What was told, with what waits behind it; none when some of that is gone already.
fn with_waiting(told: Frames, frames: &mut broadcast::Receiver<Frames>) -> Option<Vec<Frames>> {
    let mut all = vec![told];
    loop {
        match frames.try_recv() {
            Ok(later) => all.push(later),
            Err(TryRecvError::Empty) => return Some(all),
            Err(TryRecvError::Lagged(_) | TryRecvError::Closed) => return None,
        }
    }
}

/// The socket is done with.
struct Done;

struct LiveSocket {
    socket: WebSocket,
    state: ApiState,
    seq: u64,
    /// Messages of the client since its session was last looked at.
    heard_count: u32,
}

impl LiveSocket {
    async fn send(&mut self, text: String) -> Result<(), Done> {
        let sent = tokio::time::timeout(
            limits::LIVE_SEND_MAX,
            self.socket.send(Message::Text(text.into())),
        )
        .await;
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Done),
        }
    }

    /// Sends the frames that the viewer sees, at once.
    async fn tell(&mut self, told: &[Frames], viewer: Viewer) -> Result<(), Done> {
        let seen = told.iter().flat_map(|frames| &**frames);
        let seen = seen.filter(|frame| viewer.sees(frame.audience));
        let sent = tokio::time::timeout(limits::LIVE_SEND_MAX, async {
            for frame in seen {
                self.seq += 1;
                let text = numbered(self.seq, &frame.json);
                self.socket.feed(Message::Text(text.into())).await?;
            }
            self.socket.flush().await
        });
        match sent.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Done),
        }
    }

    async fn close(&mut self, code: u16) -> Result<(), Done> {
        let close = Message::Close(Some(CloseFrame {
            code,
            reason: "".into(),
        }));
        // Whether it arrives or not, the socket is done with.
        drop(tokio::time::timeout(limits::LIVE_SEND_MAX, self.socket.send(close)).await);
        Err(Done)
    }

    async fn hear(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
        agent: Option<(TenantId, AgentId)>,
    ) -> Result<(), Done> {
        self.heard_count += 1;
        if self.heard_count > limits::LIVE_CLIENT_MESSAGES_MAX {
            return self.close(TOO_MUCH).await;
        }
        let message = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Done),
        };
        match serde_json::from_str(&message) {
            Ok(ClientMessage::Heartbeat) => {
                if let Some((tenant, agent)) = agent {
                    self.state.backend.heartbeat(tenant, agent);
                }
                let server_time = self.state.backend.now().into();
                self.send(text(&LiveGreeting::Heartbeat { server_time })).await
            }
            Ok(ClientMessage::Unknown) | Err(_) => Ok(()),
        }
    }

    /// Looks whether the session still stands, and whether the client is still there.
    async fn check_session(&mut self, caller: &Caller) -> Result<(), Done> {
        self.heard_count = 0;
        let stands = match &caller.credential {
            Credential::ApiKey(id) => {
                let keys = self.state.store.api_keys(caller.tenant).await;
                keys.map(|keys| keys.iter().any(|key| key.id == *id))
                    .unwrap_or(true)
            }
            // A store that does not answer says nothing about the session.
            Credential::Session { secret, .. } => {
                let session = auth::session(&self.state, secret.expose()).await;
                session.map(|session| session.is_some()).unwrap_or(true)
            }
        };
        if !stands {
            return self.close(SESSION_ENDED).await;
        }
        // Browsers answer by themselves, where the timers of a hidden page may be throttled to one a minute.
        let sent = tokio::time::timeout(
            limits::LIVE_SEND_MAX,
            self.socket.send(Message::Ping(Bytes::new())),
        )
        .await;
        if matches!(sent, Ok(Ok(()))) {
            Ok(())
        } else {
            Err(Done)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_told_together_and_a_gap_is_noticed() {
        let none: Frames = [].into();
        let (sender, mut frames) = broadcast::channel(2);
        for _ in 0..2 {
            drop(sender.send(Frames::clone(&none)));
        }
        assert_eq!(with_waiting(Frames::clone(&none), &mut frames).unwrap().len(), 3);
        for _ in 0..3 {
            drop(sender.send(Frames::clone(&none)));
        }
        assert!(with_waiting(none, &mut frames).is_none());
    }
}
