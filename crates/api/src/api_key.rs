//! API keys: what programs sign in with.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use store::{NewApiKey as StoredKey, Sha256Hash};
use utoipa::ToSchema;

use crate::auth::{Admin, secret};
use crate::check::Faults;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::idempotency::NotKept;
use crate::limits;
use crate::state::ApiState;
use crate::time::Time;

/// So much of a secret is kept to recognise it by: `ohk_` and four characters.
const SHOWN_CHARS: usize = 8;

/// An API key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKey {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    #[schema(example = "Reporting")]
    pub(crate) name: String,
    /// The first characters of the secret, to recognise it by.
    #[schema(example = "ohk_7Q2m")]
    pub(crate) prefix: String,
    /// When it was made.
    pub(crate) created_at: Time,
    /// When it was used last, to the minute.
    #[schema(required = true)]
    pub(crate) last_used_at: Option<Time>,
}

/// An API key that was just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedApiKey {
    /// The key.
    #[serde(flatten)]
    pub(crate) key: ApiKey,
    /// What programs send as `Authorization: Bearer`. Shown once, never again.
    pub(crate) secret: String,
}

/// All API keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeyList {
    /// The oldest first.
    pub(crate) items: Vec<ApiKey>,
}

/// An API key to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApiKey {
    /// What people are to call it, 1 to 100 characters.
    #[schema(example = "Reporting")]
    pub(crate) name: String,
}

/// Lists the API keys.
#[utoipa::path(
    get,
    path = "/api-keys",
    operation_id = "listApiKeys",
    tag = "api-keys",
    responses((status = 200, body = ApiKeyList))
)]
pub(crate) async fn list(State(state): State<ApiState>, admin: Admin) -> Result<Json<ApiKeyList>, Error> {
    let keys = state.store.api_keys(admin.tenant).await?.into_iter();
    let items = keys.map(|key| ApiKey {
        id: key.id,
        name: key.name,
        prefix: key.prefix,
        created_at: key.created_at.into(),
        last_used_at: key.last_used_at.map(Time),
    });
    Ok(Json(ApiKeyList {
        items: items.collect(),
    }))
}

/// Makes an API key, which acts as an admin. Its secret is shown this once, so an idempotency key does not repeat it.
#[utoipa::path(
    post,
    path = "/api-keys",
    operation_id = "createApiKey",
    tag = "api-keys",
    request_body = NewApiKey,
    responses((status = 201, body = CreatedApiKey))
)]
pub(crate) async fn create(
    State(state): State<ApiState>,
    admin: Admin,
    Body(new): Body<NewApiKey>,
) -> Result<impl IntoResponse, Error> {
    let mut faults = Faults::default();
    let name = faults.name("name", &new.name);
    faults.finish()?;
    if state.store.api_keys(admin.tenant).await?.len() >= limits::API_KEYS_MAX {
        return Err(Error::LimitReached(
            "You have as many API keys as you may have: delete one first.",
        ));
    }
    let now = state.backend.now();
    let secret = format!("{}{}", secret::API_KEY_PREFIX, secret::generate(&*state.backend));
    let key = StoredKey {
        id: format!("key_{:032x}", state.backend.random()),
        tenant: admin.tenant,
        name,
        prefix: secret.chars().take(SHOWN_CHARS).collect(),
        secret: Sha256Hash::of(secret.as_bytes()),
        role: store::Role::Admin,
    };
    state.store.create_api_key(&key, now).await?;
    let key = ApiKey {
        id: key.id,
        name: key.name,
        prefix: key.prefix,
        created_at: now.into(),
        last_used_at: None,
    };
    Ok((StatusCode::CREATED, NotKept, Json(CreatedApiKey { key, secret })))
}

/// Deletes an API key: it stops working at once.
#[utoipa::path(
    delete,
    path = "/api-keys/{id}",
    operation_id = "deleteApiKey",
    tag = "api-keys",
    params(("id" = String, Path)),
    responses((status = 204, description = "The key is gone."))
)]
pub(crate) async fn delete(
    State(state): State<ApiState>,
    admin: Admin,
    Id(id): Id<String>,
) -> Result<StatusCode, Error> {
    if state.store.delete_api_key(admin.tenant, &id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}
