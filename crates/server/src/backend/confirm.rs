//! Waiting until what was set off is in the log.

use std::sync::Arc;
use std::time::Duration;

use api::backend::Unavailable;
use model::{AgentEvent, AgentId, ContactEvent, ContactId, Event, EventBody, LineId};
use tokio::sync::broadcast;

/// A leg or a line is over well within this, unless the database is away.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(5);

/// Waits until the contact's customer is gone.
pub(super) async fn disconnected(
    events: broadcast::Receiver<Arc<[Event]>>,
    contact: ContactId,
) -> Result<(), Unavailable> {
    let is_it = |body: &EventBody| matches!(body, EventBody::Contact(id, ContactEvent::Disconnected { .. }) if *id == contact);
    until(events, is_it).await
}

/// Waits until the agent's line is no longer open, whoever closed it.
pub(super) async fn line_closed(
    events: broadcast::Receiver<Arc<[Event]>>,
    agent: AgentId,
    line: LineId,
) -> Result<(), Unavailable> {
    let closed = [AgentEvent::LineClosed { line }, AgentEvent::LineLost { line }];
    let is_it = |body: &EventBody| matches!(body, EventBody::Agent(id, event) if *id == agent && closed.contains(event));
    until(events, is_it).await
}

async fn until(
    mut events: broadcast::Receiver<Arc<[Event]>>,
    is_it: impl Fn(&EventBody) -> bool,
) -> Result<(), Unavailable> {
    let seen = async {
        loop {
            let batch = events.recv().await.map_err(|_| Unavailable)?;
            if batch.iter().any(|event| is_it(&event.body)) {
                return Ok(());
            }
        }
    };
    let seen = tokio::time::timeout(CONFIRMED_WITHIN, seen).await;
    seen.map_err(|_| Unavailable)?
}
