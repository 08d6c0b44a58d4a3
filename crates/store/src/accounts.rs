//! Who uses the installation: operator, tenants, users, and what they prove themselves with.

mod api_keys;
mod operators;
mod password_resets;
mod sessions;
mod sign_up;
mod tenants;
mod users;

pub use api_keys::{ApiKey, NewApiKey};
pub use operators::{CreateOperatorError, Operator};
pub use password_resets::{NewPasswordReset, ResetPasswordError};
pub use sessions::{NewSession, Session};
pub use sign_up::{NewTenant, SignUpError};
pub use tenants::Tenant;
pub use users::{CreateUserError, Role, User};

/// E-mail addresses that differ in case only are one address.
fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}
