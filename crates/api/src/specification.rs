//! What the specification says beside what the handlers say of themselves.

mod bounds;

use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, RefOr, Response};
use utoipa::{OpenApi, ToSchema};

use crate::error::Problem;

/// In Markdown, as OpenAPI wants it.
const INTRODUCTION: &str = include_str!("specification/introduction.md");

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Offhook",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(Problem)),
    security(("session" = [], "csrf" = []), ("api_key" = []))
)]
struct Base;

/// The specification before any operation.
pub(crate) fn base() -> Document {
    let mut document = Base::openapi();
    document.info.description = Some(INTRODUCTION.to_owned());
    let components = document.components.get_or_insert_default();
    let session = ApiKey::Cookie(ApiKeyValue::with_description(
        "offhook_session",
        "Set by signing in or up. Requests that change something carry X-CSRF-Token too.",
    ));
    let csrf = ApiKey::Header(ApiKeyValue::with_description(
        "X-CSRF-Token",
        "`Me.csrf_token`; needed with the cookie for everything but GET and HEAD.",
    ));
    let api_key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key, `ohk_…`: acts as an admin without an agent."))
        .build();
    components.add_security_scheme("session", SecurityScheme::ApiKey(session));
    components.add_security_scheme("csrf", SecurityScheme::ApiKey(csrf));
    components.add_security_scheme("api_key", SecurityScheme::Http(api_key));
    document
}

/// Says of every operation that it may answer with a problem document, and of what clients write how large it may be.
pub(crate) fn complete(mut document: Document) -> Document {
    bounds::write(&mut document);
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            operation
                .responses
                .responses
                .insert("default".to_owned(), RefOr::T(problem()));
        }
    }
    document
}

fn problem() -> Response {
    let schema = Ref::from_schema_name(Problem::name());
    ResponseBuilder::new()
        .description("The request had no success.")
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(schema)).build(),
        )
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_introduction_lists_every_code() {
        let errors = include_str!("error.rs");
        let codes: Vec<&str> = errors
            .split("(StatusCode::")
            .skip(1)
            .filter_map(|rest| rest.split('"').nth(1))
            .collect();
        assert!(codes.len() > 30, "{codes:?}");
        for code in codes {
            assert!(INTRODUCTION.contains(&format!("`{code}`")), "{code} is missing");
        }
    }
}
