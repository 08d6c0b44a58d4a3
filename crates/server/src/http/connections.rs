//! Who is connected, and who must go when somebody new comes.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Resource, getrlimit};
use tokio::sync::Notify;

use super::limits::{CONNECTIONS_MAX, SHARE_OF_ADDRESS, SHARE_OF_DESCRIPTORS};

/// The open connections of the HTTP server.
pub(crate) struct Connections {
    max: usize,
    address_max: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    by_id: BTreeMap<u64, Connection>,
    /// Those without a request, the one that has waited longest first.
    idle: BTreeMap<u64, u64>,
    by_address: BTreeMap<IpAddr, usize>,
    last_number: u64,
}

struct Connection {
    address: Option<IpAddr>,
    /// Its place among the idle ones.
    idle: Option<u64>,
    close: Arc<Notify>,
}

/// A connection's place, until it is dropped.
pub(crate) struct Slot {
    connections: Arc<Connections>,
    id: u64,
    close: Arc<Notify>,
}

/// A request of a connection, from its head to the last byte of its answer.
pub(crate) struct Busy(Option<Arc<Slot>>);

impl Connections {
    /// At most `max` connections.
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            address_max: (max / SHARE_OF_ADDRESS).max(1),
            open: Mutex::default(),
        })
    }

    /// As many as the descriptors of this process allow.
    pub(crate) fn within_descriptors() -> Arc<Self> {
        // What carries audio raises the soft limit to the hard one.
        let share = getrlimit(Resource::Nofile)
            .maximum
            .map(|max| usize::try_from(max / SHARE_OF_DESCRIPTORS).unwrap_or(usize::MAX));
        Self::new(share.map_or(CONNECTIONS_MAX, |share| share.min(CONNECTIONS_MAX)))
    }

    /// Takes a place for a connection, counted for an address if one is given. When all are taken, the connection
    /// that was idle for longest is closed; none is given where all are busy, or the address has too many.
    pub(crate) fn admit(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Arc<Slot>> {
        let address = address.map(api::address_block);
        let mut open = self.lock();
        let of_address = address.and_then(|address| open.by_address.get(&address));
        if of_address.is_some_and(|count| *count >= self.address_max) {
            return None;
        }
        if open.by_id.len() >= self.max {
            let (_, oldest) = open.idle.pop_first()?;
            if let Some(connection) = open.remove(oldest) {
                connection.close.notify_one();
            }
        }
        let close = Arc::new(Notify::new());
        let id = open.next_number();
        open.idle.insert(id, id);
        let connection = Connection {
            address,
            idle: Some(id),
            close: Arc::clone(&close),
        };
        open.by_id.insert(id, connection);
        if let Some(address) = address {
            *open.by_address.entry(address).or_default() += 1;
        }
        Some(Arc::new(Slot {
            connections: Arc::clone(self),
            id,
            close,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    const fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    fn remove(&mut self, id: u64) -> Option<Connection> {
        let connection = self.by_id.remove(&id)?;
        if let Some(place) = connection.idle {
            self.idle.remove(&place);
        }
        if let Some(address) = connection.address
            && let Some(count) = self.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
        Some(connection)
    }
}

impl Slot {
    /// Resolves when the connection is to be closed.
    pub(crate) fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let close = Arc::clone(&self.close);
        async move { close.notified().await }
    }

    /// Begins a request: until it is over the connection is not closed for another one.
    pub(crate) fn busy(self: &Arc<Self>) -> Busy {
        let mut open = self.connections.lock();
        let place = open.by_id.get_mut(&self.id).and_then(|own| own.idle.take());
        if let Some(place) = place {
            open.idle.remove(&place);
        }
        Busy(Some(Arc::clone(self)))
    }

    fn rest(&self) {
        let mut open = self.connections.lock();
        let place = open.next_number();
        let Some(connection) = open.by_id.get_mut(&self.id) else {
            return;
        };
        connection.idle = Some(place);
        open.idle.insert(place, self.id);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.connections.lock().remove(self.id);
    }
}

impl Busy {
    /// Leaves the connection busy until it ends.
    pub(crate) fn for_ever(mut self) {
        self.0 = None;
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(slot) = &self.0 {
            slot.rest();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_idle_for_longest_makes_room_and_who_is_busy_does_not() {
        let connections = Connections::new(3);
        let first = connections.admit(None).unwrap();
        let second = connections.admit(None).unwrap();
        let third = connections.admit(None).unwrap();
        let request = first.busy();
        let _socket = third.busy();
        assert!(connections.admit(None).is_some(), "the second was idle");
        assert!(!connections.lock().by_id.contains_key(&second.id));
        let fourth = connections.admit(None).unwrap();
        let _request = fourth.busy();
        assert!(connections.admit(None).is_none(), "all are busy");
        drop(request);
        assert!(connections.admit(None).is_some(), "the first had its answer");
    }

    #[test]
    fn one_address_does_not_take_all() {
        let connections = Connections::new(8);
        let address = |text: &str| Some(text.parse().unwrap());
        let held: Vec<_> = (0..2)
            .map(|_| connections.admit(address("2001:db8::1")).unwrap())
            .collect();
        assert!(connections.admit(address("2001:db8::2")).is_none());
        assert!(connections.admit(address("192.0.2.1")).is_some());
        drop(held);
        assert!(connections.admit(address("2001:db8::2")).is_some());
        assert!(connections.lock().by_address.is_empty());
    }

    #[test]
    fn a_web_socket_keeps_its_place() {
        let connections = Connections::new(1);
        let socket = connections.admit(None).unwrap();
        socket.busy().for_ever();
        assert!(connections.admit(None).is_none());
        drop(socket);
        assert!(connections.admit(None).is_some());
    }
}
