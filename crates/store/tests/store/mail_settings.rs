use store::{MailSecurity, MailSettings, Secret};

use crate::fixture::{OTHER_TENANT, TENANT, entropy, on_every_database, sign_up};

#[test]
fn mail_settings_are_kept_per_tenant() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        assert_eq!(store.mail_settings(TENANT).await.unwrap(), None);
        let mut settings = MailSettings {
            host: "smtp.example.net".to_owned(),
            port: 587,
            security: MailSecurity::StartTls,
            username: Some("offhook".to_owned()),
            password: Some(Secret::new("geheim")),
            from_address: "calls@acme.example".to_owned(),
        };
        store
            .put_mail_settings(TENANT, &settings, entropy(1))
            .await
            .unwrap();
        assert_eq!(store.mail_settings(TENANT).await.unwrap(), Some(settings.clone()));
        (settings.security, settings.username, settings.password) = (MailSecurity::None, None, None);
        store
            .put_mail_settings(TENANT, &settings, entropy(2))
            .await
            .unwrap();
        assert_eq!(store.mail_settings(TENANT).await.unwrap(), Some(settings));
        assert_eq!(store.mail_settings(OTHER_TENANT).await.unwrap(), None);
    });
}
