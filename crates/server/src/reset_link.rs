//! `offhook reset-link`: a way back in for a user to whom no mail goes.

use anyhow::{Context, Result};
use model::Timestamp;
use store::Store;

/// Makes a link by which the user sets a new password, once and within an hour.
pub(crate) async fn make(store: &Store, email: &str, base_url: &str, now: Timestamp) -> Result<String> {
    let user = store
        .user_by_email(email)
        .await?
        .with_context(|| format!("nobody signs in with {email}"))?;
    let random = [rand::random(), rand::random()];
    let base_url = base_url.trim_end_matches('/');
    Ok(api::make_reset_link(store, user.id, random, base_url, now).await?)
}

#[cfg(test)]
mod tests {
    use model::{TenantId, UserId};
    use store::{MasterKey, NewTenant, Sha256Hash, StoreConfig, User};

    use super::*;

    #[tokio::test]
    async fn a_link_sets_the_password_of_the_user_it_was_made_for_once() {
        let dir = std::env::temp_dir().join(format!("offhook_reset_link_test_{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let config = StoreConfig::new(&dir, None);
        let store = Store::open(&config, MasterKey::new([7; 32])).await.unwrap();
        let now = Timestamp::EPOCH;
        let tenant = TenantId::new(now, 1);
        let owner = User {
            id: UserId::new(now, 2),
            tenant,
            name: "maya".to_owned(),
            email: "maya@acme.example".to_owned(),
            password_hash: String::new(),
            is_admin: true,
            agent: None,
            created_at: now,
        };
        let id = owner.id;
        let tenant = NewTenant {
            id: tenant,
            owner,
            session: None,
            changes: Vec::new(),
        };
        store.sign_up(&tenant, now).await.unwrap();

        let nobody = make(&store, "bo@acme.example", "http://localhost:8080", now).await;
        assert_eq!(
            nobody.unwrap_err().to_string(),
            "nobody signs in with bo@acme.example"
        );
        let link = make(&store, "Maya@acme.example", "https://calls.example/", now)
            .await
            .unwrap();
        let token = link.strip_prefix("https://calls.example/reset/").unwrap();
        let token = Sha256Hash::of(token.as_bytes());
        assert_eq!(store.reset_password(token, "new", now).await.unwrap(), id);
        store.reset_password(token, "newer", now).await.unwrap_err();
        store.close().await;
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
