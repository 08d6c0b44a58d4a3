//! Prompts: what callers hear.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Admin;
use crate::backend;
use crate::error::Error;
use crate::extract::Id;
use crate::reference::Ref;
use crate::state::ApiState;

const ID_PREFIX: &str = "prm_";

/// Something that callers hear.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Prompt {
    /// Its id.
    #[schema(example = "prm_welcome")]
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    /// What it consists of.
    pub(crate) kind: PromptKind,
    /// The words that are spoken; empty for music.
    pub(crate) text: String,
    /// How long it is.
    pub(crate) duration_ms: u64,
}

/// What a prompt consists of.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PromptKind {
    /// Instruments: what callers hear while they wait.
    Music,
    /// Words.
    Speech,
}

impl From<backend::PromptKind> for PromptKind {
    fn from(kind: backend::PromptKind) -> Self {
        match kind {
            backend::PromptKind::Music => Self::Music,
            backend::PromptKind::Speech => Self::Speech,
        }
    }
}

/// All prompts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromptList {
    /// In the order in which they are shown.
    pub(crate) items: Vec<Prompt>,
}

/// Lists the prompts.
#[utoipa::path(
    get,
    path = "/prompts",
    operation_id = "listPrompts",
    tag = "prompts",
    responses((status = 200, body = PromptList))
)]
pub(crate) async fn list(State(state): State<ApiState>, _: Admin) -> Json<PromptList> {
    let items = state.backend.prompts().iter().map(|prompt| Prompt {
        id: id_of(&prompt.name),
        name: prompt.title.clone(),
        kind: prompt.kind.into(),
        text: prompt.text.clone(),
        duration_ms: prompt.duration_ms,
    });
    Json(PromptList {
        items: items.collect(),
    })
}

/// Gets a prompt's audio.
#[utoipa::path(
    get,
    path = "/prompts/{id}/audio",
    operation_id = "getPromptAudio",
    tag = "prompts",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"))
)]
pub(crate) async fn audio(
    State(state): State<ApiState>,
    _: Admin,
    Id(id): Id<String>,
) -> Result<impl IntoResponse, Error> {
    let audio = name_of(&id).and_then(|name| state.backend.prompt_audio(name));
    Ok((
        [(header::CONTENT_TYPE, "audio/wav")],
        audio.ok_or(Error::NotFound)?,
    ))
}

/// The public id of a prompt.
pub(crate) fn id_of(name: &str) -> String {
    format!("{ID_PREFIX}{name}")
}

/// The name by which flows refer to a prompt.
pub(crate) fn name_of(id: &str) -> Option<&str> {
    id.strip_prefix(ID_PREFIX)
}

/// Refers to a prompt by its name.
pub(crate) fn reference(name: &str, prompts: &[backend::Prompt]) -> Ref {
    let title = prompts
        .iter()
        .find(|prompt| prompt.name == name)
        .map(|prompt| &prompt.title);
    Ref {
        id: id_of(name),
        name: title.map_or_else(|| name.to_owned(), Clone::clone),
    }
}
