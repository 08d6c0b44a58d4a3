use std::net::SocketAddr;

use bytes::Bytes;

use super::{HeaderError, HeaderName, Headers, Via};
use crate::host::Host;

/// Trims a value and replaces its line ends by spaces; touches nothing when there is nothing to do.
pub(super) fn single_line(value: Bytes) -> Bytes {
    let trimmed = value.trim_ascii();
    if trimmed.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
        let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        return trimmed
            .iter()
            .map(|byte| if is_line_end(byte) { b' ' } else { *byte })
            .collect();
    }
    if trimmed.len() == value.len() {
        value
    } else {
        value.slice_ref(trimmed)
    }
}

impl Headers {
    /// Notes in the top Via where a request really came from: `received` when the sent-by host is
    /// not that address (RFC 3261 §18.2.1), `rport` when it was asked for (RFC 3581 §4).
    pub fn note_source(&mut self, source: SocketAddr) -> Result<(), HeaderError> {
        self.edit_top_via(|via| {
            let asks_for_port = via.params.contains("rport");
            if asks_for_port {
                via.params.set("rport", &source.port().to_string());
            }
            if asks_for_port || via.sent_by.host != Host::from(source.ip().to_canonical()) {
                via.params
                    .set("received", &source.ip().to_canonical().to_string());
            }
        })
    }

    /// Adds `tag` to the To field unless it has one; a To that cannot be read stays as it is.
    pub fn ensure_to_tag(&mut self, tag: &str) {
        if let Ok(Some(mut to)) = self.to()
            && to.tag().is_none()
        {
            to.set_tag(tag);
            self.set_value(HeaderName::To, &to);
        }
    }

    /// Removes the top Via value, leaving the others of its line.
    pub fn pop_via(&mut self) -> Result<(), HeaderError> {
        self.replace_top_via(|_| None)
    }

    fn edit_top_via(&mut self, edit: impl FnOnce(&mut Via)) -> Result<(), HeaderError> {
        self.replace_top_via(|mut via| {
            edit(&mut via);
            Some(via)
        })
    }

    fn replace_top_via(&mut self, replace: impl FnOnce(Via) -> Option<Via>) -> Result<(), HeaderError> {
        let name = HeaderName::Via;
        let position = self.0.iter().position(|header| header.name == name);
        let position = position.ok_or(HeaderError::Missing {
            header: HeaderName::Via,
        })?;
        let mut vias = Via::parse_list(&self.0[position].value).map_err(|source| HeaderError::Malformed {
            header: HeaderName::Via,
            source,
        })?;
        let top = replace(vias.remove(0));
        vias.splice(0..0, top);
        if vias.is_empty() {
            self.0.remove(position);
        } else {
            self.0[position].value = super::lists::encode_list(&vias).into();
        }
        Ok(())
    }
}
