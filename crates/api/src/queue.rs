//! Queues.

use axum::Json;
use axum::extract::State;
use flow::{Block, Document};
use model::{HoursId, QueueId, TenantConfig};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Member;
use crate::error::Error;
use crate::reference::Ref;
use crate::state::ApiState;

/// A queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Queue {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    #[schema(example = "Support")]
    pub(crate) name: String,
    /// The hours that a flow checks before it gives a contact to this queue; null if none does.
    #[schema(required = true)]
    pub(crate) hours_of_operation: Option<Ref>,
    /// Answered within so many seconds counts as in time.
    pub(crate) service_level_threshold_s: u32,
    /// An offer ends by itself after so many seconds.
    pub(crate) offer_timeout_s: u32,
    /// Agents whose routing profile has this queue.
    pub(crate) agent_count: u64,
}

/// All queues.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueList {
    /// In the order in which they were made.
    pub(crate) items: Vec<Queue>,
}

/// Lists the queues.
#[utoipa::path(
    get,
    path = "/queues",
    operation_id = "listQueues",
    tag = "queues",
    responses((status = 200, body = QueueList))
)]
pub(crate) async fn list(State(state): State<ApiState>, member: Member) -> Result<Json<QueueList>, Error> {
    let config = state.config(member.tenant).await?;
    let items = config
        .queues
        .values()
        .map(|queue| Queue {
            id: queue.id.to_string(),
            name: queue.name.clone(),
            hours_of_operation: hours_before(queue.id, &config).map(|hours| Ref::hours(&config, hours)),
            service_level_threshold_s: queue.service_level_s,
            offer_timeout_s: queue.offer_timeout_s,
            agent_count: agent_count(queue.id, &config),
        })
        .collect();
    Ok(Json(QueueList { items }))
}

fn agent_count(queue: QueueId, config: &TenantConfig) -> u64 {
    let serves = |agent: &&model::config::Agent| {
        let profile = config.routing_profiles.get(&agent.routing_profile);
        profile.is_some_and(|profile| profile.queues.iter().any(|entry| entry.queue == queue))
    };
    config.agents.values().filter(serves).count() as u64
}

/// The hours whose check leads, when open, to a transfer to the queue.
fn hours_before(queue: QueueId, config: &TenantConfig) -> Option<HoursId> {
    let mut documents = config
        .flows
        .values()
        .filter_map(|flow| Document::parse(&flow.document).ok());
    documents.find_map(|document| {
        document.blocks.values().find_map(|block| {
            let Block::CheckHours { hours, open, .. } = block else {
                return None;
            };
            (queue_after(open, &document) == Some(queue)).then_some(*hours)
        })
    })
}

/// The queue a contact is given to from this block on, when nothing but prompts comes before.
fn queue_after(block: &str, document: &Document) -> Option<QueueId> {
    let mut name = block;
    // Prompts may go round in circles.
    for _ in 0..document.blocks.len() {
        match document.blocks.get(name)? {
            Block::PlayPrompt { next, .. } => name = next,
            Block::TransferToQueue { queue, .. } => return Some(*queue),
            Block::CheckHours { .. } | Block::Disconnect {} | Block::GetDigit { .. } => return None,
        }
    }
    None
}
