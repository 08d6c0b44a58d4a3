//! Reading a session description.
//!
//! Strict where a mistake would change the meaning (media lines, addresses, payload types), lenient
//! where carriers are known to be sloppy (missing `s=` and `t=`, unknown lines, text encodings).

use std::net::IpAddr;

use crate::limits::{
    SDP_BYTES_MAX, SDP_CANDIDATES_MAX, SDP_FINGERPRINTS_MAX, SDP_FORMATS_MAX, SDP_LINE_BYTES_MAX,
    SDP_LINES_MAX, SDP_MEDIA_MAX,
};

use super::value::{
    parse_connection, parse_digits, parse_origin, parse_payload_type, parse_rtpmap, static_format,
};
use super::{
    Candidate, Direction, Fingerprint, Format, IceCredentials, MediaDescription, Origin, SessionDescription,
    Setup,
};

/// Why bytes are no session description.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseSdpError {
    /// More than [`SDP_BYTES_MAX`] bytes.
    #[error("the session description is longer than {SDP_BYTES_MAX} bytes")]
    TooLong,
    /// More than [`SDP_LINES_MAX`] lines.
    #[error("the session description has more than {SDP_LINES_MAX} lines")]
    TooManyLines,
    /// More than [`SDP_MEDIA_MAX`] media lines.
    #[error("the session description has more than {SDP_MEDIA_MAX} media lines")]
    TooManyMediaLines,
    /// The first line is not `v=0`.
    #[error("the session description does not begin with v=0")]
    VersionMissing,
    /// There is no `o=` line.
    #[error("the session description has no origin line")]
    OriginMissing,
    /// This line cannot be read; lines count from 1.
    #[error("line {0} of the session description is malformed")]
    Malformed(usize),
}

impl SessionDescription {
    /// Reads a session description; bytes that are not UTF-8 are replaced.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseSdpError> {
        if bytes.len() > SDP_BYTES_MAX {
            return Err(ParseSdpError::TooLong);
        }
        let text = String::from_utf8_lossy(bytes);
        let mut parser = Parser::default();
        let mut version_seen = false;
        for (index, line) in text.split('\n').enumerate() {
            if index >= SDP_LINES_MAX {
                return Err(ParseSdpError::TooManyLines);
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            if !version_seen {
                if line.trim_end() != "v=0" {
                    return Err(ParseSdpError::VersionMissing);
                }
                version_seen = true;
                continue;
            }
            let too_long = line.len() > SDP_LINE_BYTES_MAX;
            let parsed = line.split_once('=').filter(|_| !too_long);
            parsed
                .and_then(|(kind, value)| parser.line(kind, value))
                .ok_or(ParseSdpError::Malformed(index + 1))?;
            if parser.media.len() > SDP_MEDIA_MAX {
                return Err(ParseSdpError::TooManyMediaLines);
            }
        }
        if !version_seen {
            return Err(ParseSdpError::VersionMissing);
        }
        parser.finish().ok_or(ParseSdpError::OriginMissing)
    }
}

#[derive(Default)]
struct Parser {
    origin: Option<Origin>,
    ice_lite: bool,
    bundle: Vec<String>,
    session: Section,
    media: Vec<Media>,
}

/// What may stand at session level and in a media section alike.
#[derive(Default)]
struct Section {
    connection: Option<Option<IpAddr>>,
    direction: Option<Direction>,
    ufrag: Option<String>,
    password: Option<String>,
    fingerprints: Vec<Fingerprint>,
    setup: Option<Setup>,
}

struct Media {
    kind: String,
    port: u16,
    protocol: String,
    format_list: Vec<String>,
    section: Section,
    rtpmaps: Vec<Format>,
    parameters: Vec<(u8, String)>,
    ptime_ms: Option<u16>,
    mid: Option<String>,
    rtcp_mux: bool,
    candidates: Vec<Candidate>,
    end_of_candidates: bool,
    ssrc: Option<(u32, String)>,
    msid: Option<String>,
}

impl Parser {
    /// Takes one line; `None` when it is malformed.
    fn line(&mut self, kind: &str, value: &str) -> Option<()> {
        match kind {
            "o" if self.origin.is_none() => self.origin = Some(parse_origin(value)?),
            "m" => self.media.push(Media::parse(value)?),
            "c" => {
                let address = parse_connection(value)?;
                self.section().connection.get_or_insert(address);
            }
            "a" => {
                let (name, value) = value.split_once(':').unwrap_or((value, ""));
                self.attribute(name.trim_end(), value.trim())?;
            }
            _ => {
                let known_shape = kind.len() == 1 && kind.bytes().all(|b| b.is_ascii_lowercase());
                return known_shape.then_some(());
            }
        }
        Some(())
    }

    fn section(&mut self) -> &mut Section {
        match self.media.last_mut() {
            Some(media) => &mut media.section,
            None => &mut self.session,
        }
    }

    fn attribute(&mut self, name: &str, value: &str) -> Option<()> {
        match (name, self.media.is_empty()) {
            ("ice-lite", true) => self.ice_lite = true,
            ("group", true) => {
                let mut words = value.split_ascii_whitespace();
                if words.next() == Some("BUNDLE") && self.bundle.is_empty() {
                    self.bundle = words.take(SDP_MEDIA_MAX).map(str::to_owned).collect();
                }
            }
            ("sendrecv" | "sendonly" | "recvonly" | "inactive", _) => {
                self.section().direction = Direction::parse(name);
            }
            ("ice-ufrag", _) => self.section().ufrag = Some(value.to_owned()),
            ("ice-pwd", _) => self.section().password = Some(value.to_owned()),
            ("setup", _) => self.section().setup = Setup::parse(value),
            ("fingerprint", _) => {
                let fingerprint = Fingerprint::parse(value)?;
                let kept = &mut self.section().fingerprints;
                if kept.len() < SDP_FINGERPRINTS_MAX {
                    kept.push(fingerprint);
                }
            }
            (_, _) => {
                if let Some(media) = self.media.last_mut() {
                    media.attribute(name, value)?;
                }
            }
        }
        Some(())
    }

    fn finish(self) -> Option<SessionDescription> {
        let session = self.session;
        let media = self.media.into_iter();
        Some(SessionDescription {
            origin: self.origin?,
            connection: session.connection.flatten(),
            ice_lite: self.ice_lite,
            bundle: self.bundle,
            media: media.map(|media| media.finish(&session)).collect(),
        })
    }
}

impl Media {
    fn parse(value: &str) -> Option<Self> {
        let mut fields = value.split_ascii_whitespace();
        let kind = fields.next()?.to_owned();
        let port = fields.next()?;
        let port = port.split_once('/').map_or(port, |(port, _)| port);
        let port = parse_digits(port)?;
        let protocol = fields.next()?.to_owned();
        let format_list: Vec<String> = fields.map(str::to_owned).collect();
        if format_list.is_empty() || format_list.len() > SDP_FORMATS_MAX {
            return None;
        }
        Some(Self {
            kind,
            port,
            protocol,
            format_list,
            section: Section::default(),
            rtpmaps: Vec::new(),
            parameters: Vec::new(),
            ptime_ms: None,
            mid: None,
            rtcp_mux: false,
            candidates: Vec::new(),
            end_of_candidates: false,
            ssrc: None,
            msid: None,
        })
    }

    fn attribute(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "rtpmap" => self.rtpmaps.push(parse_rtpmap(value)?),
            "fmtp" => {
                let (payload_type, parameters) = value.split_once(' ')?;
                // Other media kinds have formats that are no numbers.
                if let Some(payload_type) = parse_payload_type(payload_type) {
                    let parameters = parameters.trim().to_owned();
                    self.parameters.push((payload_type, parameters));
                }
            }
            // Some devices write fractions for narrow frames; an unreadable one is as good as none.
            "ptime" => self.ptime_ms = parse_digits(value).filter(|ms| (1..=200).contains(ms)),
            "mid" if !value.is_empty() => self.mid = Some(value.to_owned()),
            "rtcp-mux" => self.rtcp_mux = true,
            "end-of-candidates" => self.end_of_candidates = true,
            "msid" => self.msid = Some(value.to_owned()),
            "candidate" if self.candidates.len() < SDP_CANDIDATES_MAX => {
                self.candidates.extend(Candidate::parse(value));
            }
            "ssrc" if self.ssrc.is_none() => {
                let (ssrc, attribute) = value.split_once(' ').unwrap_or((value, ""));
                let cname = attribute.strip_prefix("cname:").unwrap_or("");
                self.ssrc = Some((parse_digits(ssrc)?, cname.to_owned()));
            }
            _ => {}
        }
        Some(())
    }

    fn finish(self, session: &Section) -> MediaDescription {
        let formats = self.formats();
        let own = self.section;
        let ufrag = own.ufrag.or_else(|| session.ufrag.clone());
        let password = own.password.or_else(|| session.password.clone());
        let ice = ufrag
            .zip(password)
            .map(|(ufrag, password)| IceCredentials { ufrag, password });
        MediaDescription {
            kind: self.kind,
            port: self.port,
            protocol: self.protocol,
            format_list: self.format_list,
            formats,
            connection: own.connection.or(session.connection).flatten(),
            direction: own.direction.or(session.direction).unwrap_or_default(),
            ptime_ms: self.ptime_ms,
            mid: self.mid,
            rtcp_mux: self.rtcp_mux,
            ice,
            fingerprints: match own.fingerprints.is_empty() {
                true => session.fingerprints.clone(),
                false => own.fingerprints,
            },
            setup: own.setup.or(session.setup),
            candidates: self.candidates,
            end_of_candidates: self.end_of_candidates,
            ssrc: self.ssrc,
            msid: self.msid,
        }
    }

    /// The listed payload types with a known encoding, in the order of the media line.
    fn formats(&self) -> Vec<Format> {
        let listed = self.format_list.iter();
        let payload_types = listed.filter_map(|format| parse_payload_type(format));
        let formats = payload_types.filter_map(|payload_type| {
            let mapped = self.rtpmaps.iter();
            let mut format = mapped
                .rev()
                .find(|format| format.payload_type == payload_type)
                .cloned()
                .or_else(|| static_format(payload_type))?;
            let parameters = self.parameters.iter().rev();
            format.parameters = parameters
                .clone()
                .find(|(owner, _)| *owner == payload_type)
                .map(|(_, parameters)| parameters.clone());
            Some(format)
        });
        formats.collect()
    }
}
