use model::{ContactEvent, ContactId, ContactRecord, Event, EventBody, PartyId, SealedNotes};
use store::{Append, DatabaseAddress, RevealedNotes, Store, StoreConfig};

use crate::fixture::{OTHER_TENANT, TENANT, TestDatabase, at, entropy, initiated, lease, on_every_database};

const NOTES: &str = "Wants label by e-mail, her dog is called Ätna.";
/// A part without a letter that a JSON form may write otherwise.
const TELLTALE: &str = "her dog is called";
const CONTACT: ContactId = ContactId::from_bits(1);

#[test]
fn what_an_agent_noted_is_shown_until_the_person_is_erased() {
    on_every_database(async |database| {
        let store = database.open().await;
        for (seed, address) in [(1, Some("+4930901820")), (2, None)] {
            let party = store.party_for(TENANT, address, at(0), entropy(seed)).await;
            let record = noted(&store, party.unwrap(), seed).await;
            let shown = store.reveal_notes(TENANT, &record).await.unwrap();
            assert!(
                shown == Some(RevealedNotes::Text(NOTES.to_owned())),
                "{address:?}"
            );
            assert!(store.erase_party(TENANT, record.party, at(1)).await.unwrap());
            let shown = store.reveal_notes(TENANT, &record).await.unwrap();
            assert!(shown == Some(RevealedNotes::Erased), "{address:?}");
        }
    });
}

#[test]
fn a_contact_without_notes_has_none_to_show_or_erase() {
    on_every_database(async |database| {
        let store = database.open().await;
        let party = store.party_for(TENANT, None, at(0), entropy(1)).await.unwrap();
        let record = ContactRecord::begin(CONTACT, &initiated(party), at(0)).unwrap();
        store.erase_party(TENANT, party, at(1)).await.unwrap();
        assert_eq!(store.reveal_notes(TENANT, &record).await.unwrap(), None);
    });
}

#[test]
fn of_a_person_who_is_erased_nothing_more_is_noted() {
    on_every_database(async |database| {
        let store = database.open().await;
        let party = store.party_for(TENANT, None, at(0), entropy(1)).await.unwrap();
        store.erase_party(TENANT, party, at(1)).await.unwrap();
        for (tenant, party) in [
            (TENANT, party),
            (OTHER_TENANT, party),
            (TENANT, PartyId::from_bits(9)),
        ] {
            let sealed = store
                .seal_notes(tenant, party, CONTACT, NOTES, entropy(2))
                .await
                .unwrap();
            assert_eq!(sealed, None);
        }
    });
}

#[test]
fn notes_do_not_open_for_another_contact_of_the_same_person() {
    on_every_database(async |database| {
        let store = database.open().await;
        let party = store.party_for(TENANT, None, at(0), entropy(1)).await.unwrap();
        let mut record = noted(&store, party, 2).await;
        record.id = ContactId::from_bits(2);
        let refused = store.reveal_notes(TENANT, &record).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "an agent's notes cannot be read from the database"
        );
    });
}

#[test]
fn notes_stand_nowhere_in_the_clear_and_are_gone_from_the_log_with_the_person() {
    on_every_database(async |database| {
        let store = database.open().await;
        let party = store.party_for(TENANT, None, at(0), entropy(1)).await.unwrap();
        let record = noted(&store, party, 2).await;
        let ciphertext = record.notes_sealed.as_ref().unwrap().ciphertext().to_owned();
        append_completed(&store, &record).await;

        let events = store.contact_events(TENANT, CONTACT).await.unwrap();
        let Some(EventBody::Contact(_, ContactEvent::Completed { notes_sealed, .. })) =
            events.last().map(|event| &event.body)
        else {
            panic!("the log ends with {:?}", events.last());
        };
        assert_eq!(*notes_sealed, record.notes_sealed);
        let read = store.contact_record(TENANT, CONTACT).await.unwrap().unwrap();
        let shown = store.reveal_notes(TENANT, &read).await.unwrap();
        assert!(shown == Some(RevealedNotes::Text(NOTES.to_owned())));

        store.erase_party(TENANT, party, at(60)).await.unwrap();
        let read = store.contact_record(TENANT, CONTACT).await.unwrap().unwrap();
        let shown = store.reveal_notes(TENANT, &read).await.unwrap();
        assert!(shown == Some(RevealedNotes::Erased));

        store.close().await;
        let everything = everything_stored(&database).await;
        let is_there = |text: &str| everything.windows(text.len()).any(|some| some == text.as_bytes());
        assert!(is_there(&ciphertext));
        assert!(!is_there(TELLTALE));
    });
}

/// A contact of that party on which an agent noted something.
async fn noted(store: &Store, party: PartyId, seed: u8) -> ContactRecord {
    let mut record = ContactRecord::begin(CONTACT, &initiated(party), at(0)).unwrap();
    let sealed = store
        .seal_notes(TENANT, party, CONTACT, NOTES, entropy(seed))
        .await;
    record.apply(&completed(sealed.unwrap()), at(50));
    record
}

fn completed(notes_sealed: Option<SealedNotes>) -> ContactEvent {
    ContactEvent::Completed {
        disposition: None,
        notes_sealed,
    }
}

async fn append_completed(store: &Store, record: &ContactRecord) {
    let bodies = [initiated(record.party), completed(record.notes_sealed.clone())];
    let append = Append {
        lease: lease(store, TENANT).await,
        events: (1..)
            .zip(bodies)
            .map(|(seq, event)| Event {
                seq,
                at: at(50),
                body: EventBody::Contact(CONTACT, event),
            })
            .collect(),
        records: vec![record.clone()],
        usage: Vec::new(),
        outbox: Vec::new(),
    };
    for result in store.append(&[append]).await {
        result.unwrap();
    }
}

/// All that a database holds: its file, or every row of every table as text.
async fn everything_stored(database: &TestDatabase) -> Vec<u8> {
    let StoreConfig { address, .. } = &database.config;
    match address {
        DatabaseAddress::Postgres { url } => every_row(url).await.into_bytes(),
        DatabaseAddress::Sqlite { path } => std::fs::read(path).unwrap(),
    }
}

async fn every_row(url: &str) -> String {
    use sqlx::{AssertSqlSafe, Connection, PgConnection, query_scalar};
    let mut connection = PgConnection::connect(url).await.unwrap();
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<String> = query_scalar(tables).fetch_all(&mut connection).await.unwrap();
    let mut rows: Vec<String> = Vec::new();
    for table in tables {
        let statement = AssertSqlSafe(format!("SELECT one::text FROM {table} one"));
        rows.extend(
            query_scalar::<_, String>(statement)
                .fetch_all(&mut connection)
                .await
                .unwrap(),
        );
    }
    rows.join("\n")
}
