//! Sign-up: three things in, a working contact center out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use model::{TenantId, Timestamp, UserId};
use serde::Deserialize;
use store::{NewTenant, SignUpError, User};
use utoipa::ToSchema;

use crate::auth::origin::SameOrigin;
use crate::check::Faults;
use crate::default_set::{FirstTenant, FreeNumber, default_set};
use crate::error::Error;
use crate::extract::Body;
use crate::me::{Me, me};
use crate::peer::Peer;
use crate::session::{new_session, set_cookie};
use crate::state::ApiState;

/// Others may claim the same number in the same moment; after so many tries the tenant starts without one.
const NUMBER_TRIES_MAX: u32 = 5;

/// Free numbers to draw from, so that tenants who sign up together rarely want the same one.
const NUMBERS_DRAWN_FROM: u32 = 50;

/// What it takes to sign up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUp {
    /// The company's name, 1 to 100 characters.
    #[schema(example = "Acme Outdoor")]
    pub(crate) company: String,
    /// The e-mail address to sign in with.
    #[schema(example = "maya@acme.example")]
    pub(crate) email: String,
    /// At least 8 characters.
    #[schema(example = "correct horse battery")]
    pub(crate) password: String,
    /// The browser's IANA time zone.
    #[schema(example = "America/New_York")]
    pub(crate) time_zone: String,
}

/// Signs up and sets the session cookie.
#[utoipa::path(
    post,
    path = "/signup",
    operation_id = "signUp",
    tag = "signup",
    security(()),
    request_body = SignUp,
    responses((status = 201, body = Me))
)]
pub(crate) async fn sign_up(
    State(state): State<ApiState>,
    _: SameOrigin,
    peer: Peer,
    Body(sign_up): Body<SignUp>,
) -> Result<impl IntoResponse, Error> {
    let mut faults = Faults::default();
    let company = faults.name("company", &sign_up.company);
    let email = faults.email("email", &sign_up.email);
    faults.password("password", &sign_up.password);
    let time_zone = faults.time_zone("time_zone", &sign_up.time_zone);
    faults.finish()?;
    let now = state.backend.now();
    state.attempts.count(peer, now)?;
    let owner = User {
        id: UserId::new(now, state.backend.random()),
        tenant: TenantId::new(now, state.backend.random()),
        name: name_from(&email),
        password_hash: state
            .passwords
            .hash(peer, sign_up.password, state.backend.random())
            .await?,
        email,
        is_admin: true,
        agent: None,
        created_at: now,
    };
    let (owner, secret) = create(&state, owner, company, time_zone, now).await?;
    tracing::info!(tenant.id = %owner.tenant, "a tenant signed up");
    let body = me(&state, owner, &secret).await?;
    Ok((StatusCode::CREATED, set_cookie(&state, &secret), Json(body)))
}

async fn create(
    state: &ApiState,
    mut owner: User,
    company: String,
    time_zone: String,
    now: Timestamp,
) -> Result<(User, String), Error> {
    let (session, secret) = new_session(state, owner.id);
    for attempt in 0..=NUMBER_TRIES_MAX {
        let number = if attempt < NUMBER_TRIES_MAX {
            draw_number(state).await?
        } else {
            None
        };
        let first = FirstTenant {
            company: company.clone(),
            time_zone: time_zone.clone(),
            user: owner.id,
            user_name: owner.name.clone(),
            number,
        };
        let set = default_set(first, now, &mut || state.backend.random());
        owner.agent = Some(set.agent);
        let tenant = NewTenant {
            id: owner.tenant,
            owner: owner.clone(),
            session: Some(session),
            changes: set.changes,
        };
        match state.store.sign_up(&tenant, now).await {
            Ok(()) => return Ok((owner, secret)),
            Err(SignUpError::EmailTaken) => return Err(Error::EmailTaken),
            Err(SignUpError::NumberTaken(_)) => {}
            Err(SignUpError::Store(error)) => return Err(error.into()),
        }
    }
    // The last try wants no number, so that none can be taken.
    Err(Error::Unavailable)
}

async fn draw_number(state: &ApiState) -> Result<Option<FreeNumber>, Error> {
    let mut free = state.store.sign_up_numbers(NUMBERS_DRAWN_FROM).await?;
    if free.is_empty() {
        return Ok(None);
    }
    let drawn = state.backend.random() % free.len() as u128;
    let drawn = free.swap_remove(usize::try_from(drawn).expect("less than the length"));
    Ok(Some(FreeNumber {
        id: drawn.id,
        number: drawn.number,
        trunk: drawn.trunk,
    }))
}

/// What is before the at sign is what most people are called.
fn name_from(email: &str) -> String {
    email
        .rsplit_once('@')
        .map_or(email, |(local, _)| local)
        .to_owned()
}
