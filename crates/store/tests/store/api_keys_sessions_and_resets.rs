use model::UserId;
use store::{NewApiKey, NewPasswordReset, NewSession, ResetPasswordError, Role, Sha256Hash};

use crate::fixture::{OTHER_TENANT, TENANT, at, on_every_database, sign_up};

const USER: UserId = UserId::from_bits(1);

#[test]
fn a_session_lasts_until_it_expires_or_is_ended() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        let token = Sha256Hash::of(b"token");
        let other = Sha256Hash::of(b"other");
        for token in [token, other] {
            let session = NewSession {
                user: USER,
                token,
                expires_at: at(100),
            };
            store.create_session(&session, at(0)).await.unwrap();
        }
        let session = store.session(token, at(99)).await.unwrap().unwrap();
        assert_eq!(
            (session.user.id, session.created_at, session.expires_at),
            (USER, at(0), at(100))
        );
        assert_eq!(store.session(token, at(100)).await.unwrap(), None);
        assert_eq!(
            store.session(Sha256Hash::of(b"guess"), at(1)).await.unwrap(),
            None
        );

        // Within a minute of the last use nothing is written.
        store
            .touch_session(token, &session, at(400), at(59))
            .await
            .unwrap();
        assert_eq!(store.session(token, at(200)).await.unwrap(), None);
        store
            .touch_session(token, &session, at(400), at(60))
            .await
            .unwrap();
        let touched = store.session(token, at(200)).await.unwrap().unwrap();
        assert_eq!((touched.last_seen_at, touched.expires_at), (at(60), at(400)));

        store.delete_session(token).await.unwrap();
        assert_eq!(store.session(token, at(1)).await.unwrap(), None);
        assert!(store.session(other, at(1)).await.unwrap().is_some());
    });
}

#[test]
fn a_password_reset_works_once_and_ends_all_sessions() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        let session = NewSession {
            user: USER,
            token: Sha256Hash::of(b"session"),
            expires_at: at(1000),
        };
        store.create_session(&session, at(0)).await.unwrap();
        let reset = |token: &[u8]| NewPasswordReset {
            user: USER,
            token: Sha256Hash::of(token),
            expires_at: at(100),
        };
        store
            .create_password_reset(&reset(b"first"), at(0))
            .await
            .unwrap();
        store
            .create_password_reset(&reset(b"second"), at(1))
            .await
            .unwrap();
        for (token, now) in [
            (b"first".as_slice(), at(2)),
            (b"second", at(100)),
            (b"guess", at(2)),
        ] {
            let refused = store.reset_password(Sha256Hash::of(token), "new", now).await;
            assert!(matches!(refused, Err(ResetPasswordError::Expired)), "{token:?}");
        }
        assert!(store.session(session.token, at(2)).await.unwrap().is_some());
        let second = Sha256Hash::of(b"second");
        assert_eq!(store.reset_password(second, "new", at(2)).await.unwrap(), USER);
        assert!(store.reset_password(second, "newer", at(3)).await.is_err());
        assert_eq!(store.user(USER).await.unwrap().unwrap().password_hash, "new");
        assert_eq!(store.session(session.token, at(3)).await.unwrap(), None);
    });
}

#[test]
fn an_api_key_is_found_by_its_secret_and_deleted_by_its_tenant() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        sign_up(&store, OTHER_TENANT, "bo@other.example").await;
        let key = NewApiKey {
            id: "key_1".to_owned(),
            tenant: TENANT,
            name: "Reporting".to_owned(),
            prefix: "ohk_7Q2m".to_owned(),
            secret: Sha256Hash::of(b"ohk_7Q2mxyz"),
            role: Role::Admin,
        };
        store.create_api_key(&key, at(5)).await.unwrap();
        let found = store.api_key_by_secret(key.secret).await.unwrap().unwrap();
        assert_eq!(
            (found.tenant, found.created_at, found.last_used_at),
            (TENANT, at(5), None)
        );
        store.touch_api_key(&found, at(6)).await.unwrap();
        let used = store.api_keys(TENANT).await.unwrap();
        assert_eq!(used[0].last_used_at, Some(at(6)));
        assert_eq!(store.api_keys(OTHER_TENANT).await.unwrap(), []);
        assert!(!store.delete_api_key(OTHER_TENANT, "key_1").await.unwrap());
        assert!(store.delete_api_key(TENANT, "key_1").await.unwrap());
        assert_eq!(store.api_key_by_secret(key.secret).await.unwrap(), None);
    });
}

#[test]
fn what_has_expired_is_deleted_and_nothing_else() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        for (token, expires_at) in [(b"early".as_slice(), at(10)), (b"late", at(30))] {
            let session = NewSession {
                user: USER,
                token: Sha256Hash::of(token),
                expires_at,
            };
            store.create_session(&session, at(0)).await.unwrap();
        }
        store.delete_expired(at(20)).await.unwrap();
        // Asked as of a time at which neither had expired.
        assert_eq!(
            store.session(Sha256Hash::of(b"early"), at(1)).await.unwrap(),
            None
        );
        assert!(
            store
                .session(Sha256Hash::of(b"late"), at(1))
                .await
                .unwrap()
                .is_some()
        );
    });
}
