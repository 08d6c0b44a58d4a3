//! The export of usage records: read and written page by page, in constant memory.

use std::fmt::Write;
use std::ops::Range;

use axum::body::Body;
use futures_util::stream::try_unfold;
use model::{TenantId, Timestamp, UsageRecord};
use store::{Store, StoreError, UsageCursor};

use super::UNIT;

const HEAD: &str = "contact_id,leg_id,meter,unit,quantity,quantity_ms,started_at,ended_at,test\n";

/// The records that ended in the period, in order, all of them or those with this `test`. Ids, numbers and times need no quoting.
pub(super) fn body(store: Store, tenant: TenantId, period: Range<Timestamp>, test: Option<bool>) -> Body {
    Body::from_stream(try_unfold(Place::Head, move |place| {
        let (store, period) = (store.clone(), period.clone());
        async move {
            let after = match place {
                Place::Head => return Ok::<_, StoreError>(Some((HEAD.to_owned(), Place::After(None)))),
                Place::After(cursor) => cursor,
            };
            let records = store
                .usage_records(tenant, period.start, period.end, after)
                .await?;
            let next = records
                .last()
                .map(|last| Place::After(Some(UsageCursor::from(last))));
            Ok(next.map(|next| (lines(&records, test), next)))
        }
    }))
}

enum Place {
    Head,
    After(Option<UsageCursor>),
}

fn lines(records: &[UsageRecord], wanted: Option<bool>) -> String {
    let mut lines = String::new();
    let wanted = |record: &&UsageRecord| wanted.is_none_or(|test| record.test == test);
    for record in records.iter().filter(wanted) {
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
