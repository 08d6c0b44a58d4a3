//! The export of usage records: read and written page by page, in constant memory.

use std::fmt::Write;

use axum::body::Body;
use futures_util::stream::try_unfold;
use model::{TenantId, Timestamp, UsageRecord};
use store::{Store, StoreError, UsageCursor};

use super::UNIT;

const HEAD: &str = "contact_id,leg_id,meter,unit,quantity,quantity_ms,started_at,ended_at,test\n";

/// The records that ended in `from <= ended_at < until`, in order. Ids, numbers and times need no quoting.
pub(super) fn body(store: Store, tenant: TenantId, from: Timestamp, until: Timestamp) -> Body {
    Body::from_stream(try_unfold(Place::Head, move |place| {
        let store = store.clone();
        async move {
            let after = match place {
                Place::Head => return Ok::<_, StoreError>(Some((HEAD.to_owned(), Place::After(None)))),
                Place::After(cursor) => cursor,
            };
            let records = store.usage_records(tenant, from, until, after).await?;
            let next = records
                .last()
                .map(|last| Place::After(Some(UsageCursor::from(last))));
            Ok(next.map(|next| (lines(&records), next)))
        }
    }))
}

enum Place {
    Head,
    After(Option<UsageCursor>),
}

fn lines(records: &[UsageRecord]) -> String {
    let mut lines = String::new();
    for record in records {
        let UsageRecord {
            contact,
            leg,
            meter,
            started_at,
            ended_at,
            quantity_ms,
            test,
            ..
        } = record;
        let (meter, seconds) = (meter.name(), record.seconds());
        writeln!(
            lines,
            "{contact},{leg},{meter},{UNIT},{seconds},{quantity_ms},{started_at},{ended_at},{test}"
        )
        .expect("writing to a string cannot fail");
    }
    lines
}
