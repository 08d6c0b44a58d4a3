//! Header fields: an ordered list of names and raw bytes, and typed views on it.

mod auth;
mod body;
mod cseq;
mod edit;
mod event;
mod lists;
mod name;
mod number;
mod reason;
mod reliability;
mod replaces;
mod timer;
mod typed;
mod via;

use bytes::Bytes;

pub use self::auth::{Challenge, Credentials};
pub use self::body::{Disposition, MediaType};
pub use self::cseq::CSeq;
pub use self::event::{Event, SubscriptionState};
pub use self::lists::Contacts;
pub use self::name::{ExtensionHeader, HeaderName};
pub use self::number::RetryAfter;
pub use self::reason::Reason;
pub use self::reliability::RAck;
pub use self::replaces::Replaces;
pub use self::timer::{MinSe, Refresher, SessionExpires};
pub use self::typed::HeaderError;
pub use self::via::{SentBy, Transport, Via};
use crate::parse::SyntaxError;

/// A value that stands in one header field.
pub trait HeaderValue: Sized {
    /// Reads an unfolded header field value.
    fn parse(value: &[u8]) -> Result<Self, SyntaxError>;

    /// Appends the value in the form a message carries.
    fn encode(&self, out: &mut Vec<u8>);

    /// Returns the value in the form a message carries.
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }
}

/// The header fields of a message in their order, values as unfolded bytes without surrounding
/// white space. Content-Length is never among them: framing consumes it and encoding writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<Header>);

/// One header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The name, in full form.
    pub name: HeaderName,
    /// The unfolded value.
    pub value: Bytes,
}

impl Headers {
    /// Makes an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a field; see [`Headers`] for Content-Length, which is ignored. Line ends in `value`
    /// become spaces, so that no value can ever begin a header line of its own.
    pub fn push(&mut self, name: HeaderName, value: impl Into<Bytes>) {
        if name != HeaderName::ContentLength {
            let value = edit::single_line(value.into());
            self.0.push(Header { name, value });
        }
    }

    /// Appends a typed value.
    pub fn push_value(&mut self, name: HeaderName, value: &impl HeaderValue) {
        self.push(name, value.to_bytes());
    }

    /// Inserts a typed value before every other field, as a new top Via has to stand.
    pub fn push_front_value(&mut self, name: HeaderName, value: &impl HeaderValue) {
        if name != HeaderName::ContentLength {
            let value = edit::single_line(value.to_bytes().into());
            self.0.insert(0, Header { name, value });
        }
    }

    /// Replaces all fields called `name` by one, at the place of the first or at the end.
    pub fn set(&mut self, name: HeaderName, value: impl Into<Bytes>) {
        let Some(index) = self.0.iter().position(|header| header.name == name) else {
            return self.push(name, value);
        };
        let mut position = 0;
        self.0.retain(|header| {
            position += 1;
            position - 1 == index || header.name != name
        });
        self.0[index].value = edit::single_line(value.into());
    }

    /// Replaces all fields called `name` by one typed value.
    pub fn set_value(&mut self, name: HeaderName, value: &impl HeaderValue) {
        self.set(name, value.to_bytes());
    }

    /// Removes all fields called `name`.
    pub fn remove(&mut self, name: &HeaderName) {
        self.0.retain(|header| header.name != *name);
    }

    /// Appends every field of `from` called `name`, in order.
    pub fn copy(&mut self, name: &HeaderName, from: &Self) {
        self.0
            .extend(from.0.iter().filter(|header| header.name == *name).cloned());
    }

    /// Returns the value of the first field called `name`.
    pub fn get(&self, name: &HeaderName) -> Option<&Bytes> {
        self.get_all(name).next()
    }

    /// Returns the value of the first field called `name` as text, unless it is no UTF-8.
    pub fn get_str(&self, name: &HeaderName) -> Option<&str> {
        str::from_utf8(self.get(name)?).ok()
    }

    /// Iterates over the values of all fields called `name`, one per header line.
    pub fn get_all(&self, name: &HeaderName) -> impl Iterator<Item = &Bytes> {
        self.0
            .iter()
            .filter(move |header| header.name == *name)
            .map(|header| &header.value)
    }

    /// Whether a field called `name` is present.
    pub fn contains(&self, name: &HeaderName) -> bool {
        self.get(name).is_some()
    }

    /// Iterates over all fields in order.
    pub fn iter(&self) -> impl Iterator<Item = &Header> {
        self.0.iter()
    }

    /// Returns the number of fields.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends all fields as header lines.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        for header in &self.0 {
            out.extend_from_slice(header.name.as_str().as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(&header.value);
            out.extend_from_slice(b"\r\n");
        }
    }
}
