//! Contact flows.

use axum::Json;
use axum::extract::State;
use flow::{Block, Document, References, validate};
use model::{ConfigChange, FlowId, TenantConfig};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Admin;
use crate::backend;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::prompt;
use crate::reference::Ref;
use crate::state::ApiState;

/// A contact flow.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Flow {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    #[schema(example = "Welcome")]
    pub(crate) name: String,
    /// The prompt the flow begins with; null if it begins otherwise.
    #[schema(required = true)]
    pub(crate) greeting: Option<Ref>,
}

/// All contact flows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowList {
    /// In the order in which they were made.
    pub(crate) items: Vec<Flow>,
}

/// Another greeting for a flow.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowGreeting {
    /// The prompt.
    pub(crate) prompt_id: String,
}

/// Lists the contact flows.
#[utoipa::path(
    get,
    path = "/flows",
    operation_id = "listFlows",
    tag = "flows",
    responses((status = 200, body = FlowList))
)]
pub(crate) async fn list(State(state): State<ApiState>, admin: Admin) -> Result<Json<FlowList>, Error> {
    let config = state.config(admin.tenant).await?;
    let items = config
        .flows
        .values()
        .map(|flow| Flow::of(flow, state.backend.prompts()))
        .collect();
    Ok(Json(FlowList { items }))
}

/// Gives a flow another greeting and publishes it, in force for the next contact.
#[utoipa::path(
    patch,
    path = "/flows/{id}/greeting",
    operation_id = "updateFlowGreeting",
    tag = "flows",
    params(("id" = String, Path)),
    request_body = FlowGreeting,
    responses((status = 200, body = Flow))
)]
pub(crate) async fn update_greeting(
    State(state): State<ApiState>,
    admin: Admin,
    Id(id): Id<FlowId>,
    Body(greeting): Body<FlowGreeting>,
) -> Result<Json<Flow>, Error> {
    let config = state.config(admin.tenant).await?;
    let mut flow = config.flows.get(&id).cloned().ok_or(Error::NotFound)?;
    let mut document = Document::parse(&flow.document).map_err(|error| Error::Internal(Box::new(error)))?;
    let no_such_prompt =
        || Error::ValidationFailed(Faults::one("prompt_id", "Choose a prompt from the list."));
    let name = prompt::name_of(&greeting.prompt_id).ok_or_else(no_such_prompt)?;
    let Some(Block::PlayPrompt { prompts, .. }) = document.blocks.get_mut(&document.start) else {
        return Err(Error::ValidationFailed(Faults::one(
            "prompt_id",
            "This flow does not begin with a greeting.",
        )));
    };
    *prompts = vec![name.to_owned()];
    if !problems(&document, &config, state.backend.prompts()).is_empty() {
        return Err(no_such_prompt());
    }
    flow.document = document.to_json();
    state
        .change_config(&admin, &config, vec![ConfigChange::PutFlow(flow.clone())])
        .await?;
    Ok(Json(Flow::of(&flow, state.backend.prompts())))
}

fn problems(document: &Document, config: &TenantConfig, prompts: &[backend::Prompt]) -> Vec<flow::Problem> {
    let references = References {
        has_hours: &|hours| config.hours.contains_key(&hours),
        has_prompt: &|name| prompts.iter().any(|prompt| prompt.name == name),
        has_queue: &|queue| config.queues.contains_key(&queue),
    };
    validate(document, references)
}

impl Flow {
    fn of(flow: &model::config::Flow, prompts: &[backend::Prompt]) -> Self {
        let document = Document::parse(&flow.document).ok();
        let first = document
            .as_ref()
            .and_then(|document| document.blocks.get(&document.start));
        let greeting = first.and_then(|block| match block {
            Block::PlayPrompt { prompts, .. } => prompts.first(),
            Block::CheckHours { .. }
            | Block::Disconnect {}
            | Block::GetDigit { .. }
            | Block::TransferToQueue { .. } => None,
        });
        Self {
            id: flow.id.to_string(),
            name: flow.name.clone(),
            greeting: greeting.map(|name| prompt::reference(name, prompts)),
        }
    }
}
