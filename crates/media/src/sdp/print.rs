//! Writing a session description.

use std::fmt;
use std::net::IpAddr;

use super::{Format, MediaDescription, SessionDescription};

impl fmt::Display for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = &self.origin;
        write!(f, "v=0\r\n")?;
        write!(
            f,
            "o=- {} {} IN {}\r\n",
            origin.session_id,
            origin.session_version,
            Address(origin.address)
        )?;
        write!(f, "s=-\r\n")?;
        if let Some(address) = self.connection {
            write!(f, "c=IN {}\r\n", Address(address))?;
        }
        write!(f, "t=0 0\r\n")?;
        if self.ice_lite {
            write!(f, "a=ice-lite\r\n")?;
        }
        if !self.bundle.is_empty() {
            write!(f, "a=group:BUNDLE {}\r\n", self.bundle.join(" "))?;
        }
        self.media
            .iter()
            .try_for_each(|media| media.write(f, self.connection))
    }
}

impl MediaDescription {
    /// Writes the line; its address only where it differs from the session's.
    fn write(&self, f: &mut fmt::Formatter<'_>, session: Option<IpAddr>) -> fmt::Result {
        let formats = self.format_list.join(" ");
        let (kind, port, protocol) = (&self.kind, self.port, &self.protocol);
        write!(f, "m={kind} {port} {protocol} {formats}\r\n")?;
        if let Some(address) = self.connection.filter(|_| self.connection != session) {
            write!(f, "c=IN {}\r\n", Address(address))?;
        }
        if let Some(mid) = &self.mid {
            write!(f, "a=mid:{mid}\r\n")?;
        }
        if self.port == 0 {
            return Ok(());
        }
        for format in &self.formats {
            write!(f, "{format}")?;
        }
        if let Some(ptime_ms) = self.ptime_ms {
            write!(f, "a=ptime:{ptime_ms}\r\n")?;
        }
        write!(f, "a={}\r\n", self.direction)?;
        if self.rtcp_mux {
            write!(f, "a=rtcp-mux\r\n")?;
        }
        self.write_secure_transport(f)?;
        if let Some(msid) = &self.msid {
            write!(f, "a=msid:{msid}\r\n")?;
        }
        if let Some((ssrc, cname)) = &self.ssrc {
            write!(f, "a=ssrc:{ssrc} cname:{cname}\r\n")?;
        }
        Ok(())
    }

    fn write_secure_transport(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ice) = &self.ice {
            write!(f, "a=ice-ufrag:{}\r\n", ice.ufrag)?;
            write!(f, "a=ice-pwd:{}\r\n", ice.password)?;
        }
        for fingerprint in &self.fingerprints {
            write!(f, "a=fingerprint:{fingerprint}\r\n")?;
        }
        if let Some(setup) = self.setup {
            write!(f, "a=setup:{setup}\r\n")?;
        }
        for candidate in &self.candidates {
            write!(f, "a=candidate:{candidate}\r\n")?;
        }
        if self.end_of_candidates {
            write!(f, "a=end-of-candidates\r\n")?;
        }
        Ok(())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload_type = self.payload_type;
        let (encoding, clock_rate_hz) = (&self.encoding, self.clock_rate_hz);
        write!(f, "a=rtpmap:{payload_type} {encoding}/{clock_rate_hz}")?;
        if self.channel_count > 1 {
            write!(f, "/{}", self.channel_count)?;
        }
        write!(f, "\r\n")?;
        if let Some(parameters) = &self.parameters {
            write!(f, "a=fmtp:{payload_type} {parameters}\r\n")?;
        }
        Ok(())
    }
}

/// An address with its family, as `o=` and `c=` write it.
struct Address(IpAddr);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = if self.0.is_ipv4() { "IP4" } else { "IP6" };
        write!(f, "{family} {}", self.0)
    }
}
