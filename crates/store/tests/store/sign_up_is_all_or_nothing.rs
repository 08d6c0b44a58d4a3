use model::TenantId;
use store::{CreateUserError, NewSession, Operator, Role, Sha256Hash, SignUpError, Store};

use crate::fixture::{
    OTHER_TENANT, TENANT, TRUNK, at, claimed, lab_trunk, new_tenant, on_every_database, sign_up, user,
};

#[test]
fn signing_up_creates_everything() {
    on_every_database(async |database| {
        let store = database.open().await;
        lab_trunk(&store, 1).await;
        let mut tenant = new_tenant(TENANT, "Maya@Acme.example", Some(claimed(0)));
        let token = Sha256Hash::of(b"token");
        tenant.session = Some(NewSession {
            user: tenant.owner.id,
            token,
            expires_at: at(3600),
        });
        store.sign_up(&tenant, at(0)).await.unwrap();

        let created = store.tenant(TENANT).await.unwrap().unwrap();
        assert_eq!((created.signed_up_at, created.config_revision), (at(0), 1));
        assert_eq!(store.tenant_ids().await.unwrap(), [TENANT]);
        let config = store.load_config(TENANT).await.unwrap();
        assert_eq!((config.settings.name.as_str(), config.flows.len()), ("Acme", 1));
        assert_eq!(config.claimed_number(&claimed(0).number), Some(&claimed(0)));
        let owner = store
            .number_owner(TRUNK, &claimed(0).number)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((owner.tenant, owner.number), (TENANT, claimed(0).id));
        let session = store.session(token, at(1)).await.unwrap().unwrap();
        assert_eq!(session.user, tenant.owner);
        assert_eq!(session.user.roles(), [Role::Admin, Role::Agent]);
        assert_eq!(
            store.user_by_email(" maya@ACME.example").await.unwrap(),
            Some(tenant.owner)
        );
    });
}

#[test]
fn of_two_with_the_same_address_one_signs_up() {
    on_every_database(async |database| {
        let store = database.open().await;
        let first = new_tenant(TENANT, "maya@acme.example", None);
        let second = new_tenant(OTHER_TENANT, "MAYA@acme.example", None);
        let (first, second) = tokio::join!(store.sign_up(&first, at(0)), store.sign_up(&second, at(0)));
        let refused = match (first, second) {
            (Ok(()), Err(refused)) | (Err(refused), Ok(())) => refused,
            (first, second) => panic!("{first:?} {second:?}"),
        };
        assert!(matches!(refused, SignUpError::EmailTaken), "{refused:?}");
        assert_eq!(store.tenant_ids().await.unwrap().len(), 1);
    });
}

#[test]
fn of_many_who_want_the_last_number_one_gets_it() {
    on_every_database(async |database| {
        let store = database.open().await;
        lab_trunk(&store, 1).await;
        let attempts: Vec<_> = (10..18)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move { take_number(&store, TenantId::from_bits(number)).await })
            })
            .collect();
        let mut got_it_count = 0;
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(()) => got_it_count += 1,
                Err(SignUpError::NumberTaken(number)) => assert_eq!(number, claimed(0).number),
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(got_it_count, 1);
        // Who did not get it does not exist: neither tenant nor user.
        let tenants = store.tenant_ids().await.unwrap();
        assert_eq!(tenants.len(), 1);
        let owner = store
            .number_owner(TRUNK, &claimed(0).number)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(owner.tenant, tenants[0]);
    });
}

#[test]
fn the_first_call_is_noted_once() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        let tenant = store.tenant(TENANT).await.unwrap().unwrap();
        assert!(store.record_first_call(&tenant, at(95)).await.unwrap());
        assert!(!store.record_first_call(&tenant, at(200)).await.unwrap());
        let tenant = store.tenant(TENANT).await.unwrap().unwrap();
        assert_eq!(tenant.first_call_at, Some(at(95)));
        assert_eq!(tenant.time_to_first_call_ms, Some(95_000));
    });
}

#[test]
fn users_are_added_to_a_tenant_and_there_is_one_operator() {
    on_every_database(async |database| {
        let store = database.open().await;
        sign_up(&store, TENANT, "maya@acme.example").await;
        sign_up(&store, OTHER_TENANT, "bo@other.example").await;
        let mut colleague = user(50, TENANT, "ana@acme.example");
        (colleague.is_admin, colleague.agent) = (false, None);
        store.create_user(&colleague).await.unwrap();
        assert_eq!(colleague.roles(), []);
        let taken = store
            .create_user(&user(51, OTHER_TENANT, "ANA@acme.example"))
            .await;
        assert!(matches!(taken, Err(CreateUserError::EmailTaken)));
        let users = store.users(TENANT).await.unwrap();
        assert_eq!(users.len(), 2);
        assert_eq!(store.user(colleague.id).await.unwrap(), Some(colleague));

        let operator = Operator {
            email: "root@installation.example".to_owned(),
            password_hash: "hash".to_owned(),
            created_at: at(0),
        };
        assert_eq!(store.operator().await.unwrap(), None);
        store.create_operator(&operator).await.unwrap();
        store.create_operator(&operator).await.unwrap_err();
        store.set_operator_password("other").await.unwrap();
        assert_eq!(store.operator().await.unwrap().unwrap().password_hash, "other");
    });
}

async fn take_number(store: &Store, tenant: TenantId) -> Result<(), SignUpError> {
    let email = format!("{tenant}@example.com");
    store
        .sign_up(&new_tenant(tenant, &email, Some(claimed(0))), at(0))
        .await
}
