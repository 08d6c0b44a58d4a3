//! Contacts waiting in queues.

use std::collections::{BTreeMap, BTreeSet};

use model::{ContactId, QueueId, Timestamp};

/// A contact's place in its queue. Places order as they are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// 1 is the highest.
    pub priority: u8,
    /// Waiting counts from here.
    pub since: Timestamp,
    /// Decides between contacts that came in the same millisecond: ids sort by age.
    pub contact: ContactId,
}

/// All contacts that wait at one tenant.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    queues: BTreeMap<QueueId, BTreeSet<Place>>,
    places: BTreeMap<ContactId, (QueueId, Place)>,
}

impl Waiting {
    pub(crate) fn enqueue(&mut self, queue: QueueId, place: Place) {
        self.dequeue(place.contact);
        self.queues.entry(queue).or_default().insert(place);
        self.places.insert(place.contact, (queue, place));
    }

    pub(crate) fn dequeue(&mut self, contact: ContactId) {
        let Some((queue, place)) = self.places.remove(&contact) else {
            return;
        };
        if let Some(places) = self.queues.get_mut(&queue) {
            places.remove(&place);
            if places.is_empty() {
                self.queues.remove(&queue);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(crate) fn in_queue(&self, queue: QueueId) -> impl Iterator<Item = &Place> {
        self.queues.get(&queue).into_iter().flatten()
    }

    pub(crate) fn count(&self, queue: QueueId) -> usize {
        self.queues.get(&queue).map_or(0, BTreeSet::len)
    }

    /// 1 for the head of the queue.
    pub(crate) fn position(&self, contact: ContactId) -> Option<u32> {
        let (queue, place) = self.places.get(&contact)?;
        let ahead = self.queues.get(queue)?.range(..place).count();
        u32::try_from(ahead + 1).ok()
    }
}
