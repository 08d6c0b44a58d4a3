//! The sockets of a worker's plain legs.

use std::net::UdpSocket;

use media::{LegKey, SocketKey};

use crate::port_pool::PortLease;

/// A bound pair of sockets.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) lease: PortLease,
    pub(crate) rtp: UdpSocket,
    pub(crate) rtcp: UdpSocket,
    /// The leg that has it, once there is one.
    pub(crate) leg: Option<LegKey>,
}

/// All pairs a worker holds, by the number of the port.
#[derive(Debug, Default)]
pub(crate) struct Ports {
    slots: Vec<Option<Box<Port>>>,
}

impl Ports {
    pub(crate) fn insert(&mut self, port: Port) {
        let index = index(port.lease.port);
        if self.slots.len() <= index {
            self.slots.resize_with(index + 1, || None);
        }
        self.slots[index] = Some(Box::new(port));
    }

    pub(crate) fn get(&self, key: SocketKey) -> Option<&Port> {
        let port = self.at(key.0 as u16)?;
        (port.lease.socket_key() == key).then_some(port)
    }

    pub(crate) fn get_mut(&mut self, key: SocketKey) -> Option<&mut Port> {
        let port = self.slots.get_mut(index(key.0 as u16))?.as_deref_mut()?;
        (port.lease.socket_key() == key).then_some(port)
    }

    pub(crate) fn at(&self, port: u16) -> Option<&Port> {
        self.slots.get(index(port))?.as_deref()
    }

    pub(crate) fn remove(&mut self, key: SocketKey) -> Option<Port> {
        self.get(key)?;
        let port = self.slots.get_mut(index(key.0 as u16))?.take()?;
        Some(*port)
    }
}

fn index(port: u16) -> usize {
    usize::from(port / 2)
}
