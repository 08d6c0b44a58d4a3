//! Contacts: their records and what happened to them.

mod event;
mod record;

use axum::Json;
use axum::extract::State;
use model::{ContactId, ContactRecord};
use serde::Serialize;
use store::ContactQuery;
use utoipa::ToSchema;

use crate::auth::Member;
use crate::check::Faults;
use crate::error::Error;
use crate::extract::{Id, Params};
use crate::page::PageQuery;
use crate::state::ApiState;

use event::ContactEvent;
use record::{Contact, ContactSummary};

pub(crate) use record::{ContactState, Direction, Ends};

/// A page of contacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactPage {
    /// The newest first.
    pub(crate) items: Vec<ContactSummary>,
    /// Where the next page begins; null on the last.
    #[schema(required = true)]
    pub(crate) next_cursor: Option<String>,
}

/// A contact's events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactEventList {
    /// In the order in which they happened.
    pub(crate) items: Vec<ContactEvent>,
}

/// Lists contacts, the newest first. Whoever is only an agent sees those they took part in.
#[utoipa::path(
    get,
    path = "/contacts",
    operation_id = "listContacts",
    tag = "contacts",
    params(PageQuery),
    responses((status = 200, body = ContactPage))
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    member: Member,
    Params(page): Params<PageQuery>,
) -> Result<Json<ContactPage>, Error> {
    let limit = page.limit()?;
    let before = page
        .cursor
        .map(|cursor| cursor.parse())
        .transpose()
        .map_err(|_| {
            Error::ValidationFailed(Faults::one("cursor", "Take the cursor from the page before."))
        })?;
    let agent = if member.is_admin {
        None
    } else {
        Some(member.agent.ok_or(Error::Forbidden)?)
    };
    let query = ContactQuery { agent, before, limit };
    let found = state.store.contact_records(member.tenant, &query).await?;
    let config = state.config(member.tenant).await?;
    let parties: Vec<_> = found.records.iter().map(|record| record.party).collect();
    let callers = state.callers(member.tenant, &parties).await?;
    let items = found
        .records
        .iter()
        .map(|record| ContactSummary::of(record, callers.get(&record.party).cloned(), &config))
        .collect();
    Ok(Json(ContactPage {
        items,
        next_cursor: found.next.map(|cursor| cursor.to_string()),
    }))
}

/// Gets a contact with everything that is known of it.
#[utoipa::path(
    get,
    path = "/contacts/{id}",
    operation_id = "getContact",
    tag = "contacts",
    params(("id" = String, Path)),
    responses((status = 200, body = Contact))
)]
pub(crate) async fn get(
    State(state): State<ApiState>,
    member: Member,
    Id(id): Id<ContactId>,
) -> Result<Json<Contact>, Error> {
    let record = visible(&state, &member, id).await?;
    let config = state.config(member.tenant).await?;
    let usage = state.store.contact_usage(member.tenant, id).await?;
    let mut callers = state.callers(member.tenant, &[record.party]).await?;
    let from = callers.remove(&record.party);
    let notes = state.store.reveal_notes(member.tenant, &record).await?;
    Ok(Json(Contact::of(
        &record,
        from,
        notes,
        &usage,
        &config,
        state.backend.now(),
    )))
}

/// Lists a contact's events.
#[utoipa::path(
    get,
    path = "/contacts/{id}/events",
    operation_id = "listContactEvents",
    tag = "contacts",
    params(("id" = String, Path)),
    responses((status = 200, body = ContactEventList))
)]
pub(crate) async fn events(
    State(state): State<ApiState>,
    member: Member,
    Id(id): Id<ContactId>,
) -> Result<Json<ContactEventList>, Error> {
    visible(&state, &member, id).await?;
    let config = state.config(member.tenant).await?;
    let events = state.store.contact_events(member.tenant, id).await?;
    let items = ContactEvent::list(&events, &config);
    Ok(Json(ContactEventList { items }))
}

/// The record, if it exists for the caller.
async fn visible(state: &ApiState, member: &Member, id: ContactId) -> Result<ContactRecord, Error> {
    let record = state
        .store
        .contact_record(member.tenant, id)
        .await?
        .ok_or(Error::NotFound)?;
    if member.is_admin {
        return Ok(record);
    }
    let agent = member.agent.ok_or(Error::NotFound)?;
    let took_part = state.store.took_part(member.tenant, agent, id).await?;
    if took_part {
        Ok(record)
    } else {
        Err(Error::NotFound)
    }
}
