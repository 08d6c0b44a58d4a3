//! The contact in the signed-in agent's hands.

use axum::extract::State;
use axum::http::StatusCode;
use model::{AgentRequest, ContactId, DispositionId, Refusal, SealedNotes, TenantId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::AgentCaller;
use crate::backend::RequestError;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::limits;
use crate::state::ApiState;

/// The outcome of a contact.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactCompletion {
    /// The disposition.
    #[schema(value_type = Option<String>, required = true)]
    pub(crate) disposition_id: Option<DispositionId>,
    /// Free text, at most 4000 characters; not kept if the data of the person on the other side was erased.
    #[schema(required = true)]
    pub(crate) notes: Option<String>,
}

/// Hangs up; after-contact work begins.
#[utoipa::path(
    post,
    path = "/agent/contacts/{id}/end",
    operation_id = "endContact",
    tag = "agent",
    params(("id" = String, Path)),
    responses((status = 204, description = "The contact is disconnected."))
)]
pub(crate) async fn end(
    State(state): State<ApiState>,
    caller: AgentCaller,
    Id(contact): Id<ContactId>,
) -> Result<StatusCode, Error> {
    ask(&state, &caller, contact, AgentRequest::EndContact(contact)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finishes after-contact work.
#[utoipa::path(
    post,
    path = "/agent/contacts/{id}/complete",
    operation_id = "completeContact",
    tag = "agent",
    params(("id" = String, Path)),
    request_body = ContactCompletion,
    responses((status = 204, description = "The contact is completed."))
)]
pub(crate) async fn complete(
    State(state): State<ApiState>,
    caller: AgentCaller,
    Id(contact): Id<ContactId>,
    Body(completion): Body<ContactCompletion>,
) -> Result<StatusCode, Error> {
    let mut faults = Faults::default();
    let notes = completion
        .notes
        .map(|notes| faults.text("notes", &notes, limits::NOTES_CHARS_MAX));
    faults.finish()?;
    let notes_sealed = match notes.filter(|notes| !notes.is_empty()) {
        None => None,
        Some(notes) => seal(&state, caller.tenant, contact, &notes).await?,
    };
    let request = AgentRequest::CompleteContact {
        contact,
        disposition: completion.disposition_id,
        notes_sealed,
    };
    ask(&state, &caller, contact, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for more time for after-contact work.
#[utoipa::path(
    post,
    path = "/agent/contacts/{id}/extend-acw",
    operation_id = "extendAcw",
    tag = "agent",
    params(("id" = String, Path)),
    responses((status = 204, description = "There is more time."))
)]
pub(crate) async fn extend_acw(
    State(state): State<ApiState>,
    caller: AgentCaller,
    Id(contact): Id<ContactId>,
) -> Result<StatusCode, Error> {
    let request = AgentRequest::ExtendAfterContactWork(contact);
    ask(&state, &caller, contact, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Seals notes under the key of the contact's party: the engine and its log see no text.
async fn seal(
    state: &ApiState,
    tenant: TenantId,
    contact: ContactId,
    notes: &str,
) -> Result<Option<SealedNotes>, Error> {
    let record = state.store.contact_record(tenant, contact).await?;
    let party = record.ok_or(Error::NotFound)?.party;
    let entropy = state.entropy();
    Ok(state
        .store
        .seal_notes(tenant, party, contact, notes, entropy)
        .await?)
}

/// Hands a request over. A contact that the agent never had in hand does not exist for them, whatever its state.
async fn ask(
    state: &ApiState,
    caller: &AgentCaller,
    contact: ContactId,
    request: AgentRequest,
) -> Result<(), Error> {
    let (tenant, agent) = (caller.tenant, caller.agent);
    match state.backend.request(tenant, agent, request).await {
        Err(RequestError::Refused(Refusal::ContactMovedOn))
            if !state.store.took_part(tenant, agent, contact).await? =>
        {
            Err(Error::NotFound)
        }
        asked => Ok(asked?),
    }
}
