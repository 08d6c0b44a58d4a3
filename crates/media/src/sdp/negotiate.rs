//! The offer/answer exchange of one dialog (RFC 3264), for one audio line.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::Codec;

use super::select::{PayloadTable, Selection, formats_of, select_codec, select_first, select_preferred};
use super::{
    Candidate, Direction, Format, IceCredentials, LocalMedia, MediaDescription, NegotiateError, Negotiated,
    Origin, PayloadTypes, SessionDescription, Setup, WebRtcLocal, WebRtcRemote,
};

/// The offer/answer machine of one dialog.
#[derive(Clone, Debug)]
pub struct OfferAnswer {
    local: LocalMedia,
    /// The last description we sent.
    sent: Option<SessionDescription>,
    /// Our last description is an offer without an answer yet.
    offer_is_open: bool,
    /// The media lines of the dialog, as we last described them; `audio_index` is ours.
    lines: Vec<MediaDescription>,
    audio_index: usize,
    payload_table: PayloadTable,
    negotiated: Option<Negotiated>,
}

impl OfferAnswer {
    /// Starts a dialog that has exchanged nothing yet.
    pub fn new(local: LocalMedia) -> Self {
        Self {
            local,
            sent: None,
            offer_is_open: false,
            lines: Vec::new(),
            audio_index: 0,
            payload_table: PayloadTable::default(),
            negotiated: None,
        }
    }

    /// Writes an offer of all our codecs, first or renewed.
    pub fn offer(&mut self) -> SessionDescription {
        let formats = self.payload_table.offer_formats(&self.local.codecs);
        let mut audio = self.audio_line(formats, self.local.direction);
        audio.setup = audio.setup.map(|_| Setup::ActPass);
        if self.lines.is_empty() {
            audio.mid = self.local.webrtc.as_ref().map(|_| "0".to_owned());
            self.lines.push(audio);
        } else {
            audio.mid.clone_from(&self.lines[self.audio_index].mid);
            self.lines[self.audio_index] = audio;
        }
        self.offer_is_open = true;
        self.describe()
    }

    /// Answers a peer's offer with one codec, or says why it must be refused.
    pub fn answer(&mut self, offer: &SessionDescription) -> Result<SessionDescription, NegotiateError> {
        if self.offer_is_open {
            return Err(NegotiateError::OutOfStep);
        }
        let (audio_index, selection) = self.choose_line(offer)?;
        let offered = &offer.media[audio_index];
        let payload_types = PayloadTypes::from(selection);
        let direction = peer_allows(offered).intersection(self.local.direction);
        let negotiated = self.join(offered, selection.codec, payload_types, direction)?;
        let mut audio = self.audio_line(formats_of(selection), direction);
        audio.protocol.clone_from(&offered.protocol);
        audio.mid.clone_from(&offered.mid);
        audio.rtcp_mux = offered.rtcp_mux;
        audio.setup = negotiated.webrtc.as_ref().map(|remote| remote.local_setup);
        self.lines = offer.media.iter().map(MediaDescription::refusal).collect();
        self.lines[audio_index] = audio;
        self.audio_index = audio_index;
        self.payload_table.learn(&offered.formats);
        self.negotiated = Some(negotiated);
        Ok(self.describe())
    }

    /// Takes the peer's answer to our open offer.
    pub fn accept_answer(&mut self, answer: &SessionDescription) -> Result<(), NegotiateError> {
        if !self.offer_is_open {
            return Err(NegotiateError::OutOfStep);
        }
        self.offer_is_open = false;
        if answer.media.len() != self.lines.len() {
            return Err(NegotiateError::LinesDiffer);
        }
        let answered = &answer.media[self.audio_index];
        if answered.port == 0 {
            return Err(NegotiateError::Refused);
        }
        let theirs = select_first(answered, &self.local.codecs).ok_or(NegotiateError::NoCommonCodec)?;
        let ours =
            select_codec(&self.lines[self.audio_index], theirs.codec).ok_or(NegotiateError::NoCommonCodec)?;
        let direction = peer_allows(answered).intersection(self.local.direction);
        let receive = PayloadTypes::from(ours);
        let mut negotiated = self.join(answered, theirs.codec, receive, direction)?;
        negotiated.send = PayloadTypes::from(theirs);
        self.payload_table.learn(&answered.formats);
        self.negotiated = Some(negotiated);
        Ok(())
    }

    /// Forgets our open offer, after the peer refused it or glare (RFC 3261 section 14.1).
    pub fn withdraw_offer(&mut self) {
        self.offer_is_open = false;
    }

    /// Sets what the next offer or answer says we do with audio; holding is `SendOnly` or `Inactive`.
    pub fn set_direction(&mut self, direction: Direction) {
        self.local.direction = direction;
    }

    /// Our side as it will be described next.
    pub fn local(&self) -> &LocalMedia {
        &self.local
    }

    /// The outcome of the last exchange that succeeded.
    pub fn negotiated(&self) -> Option<&Negotiated> {
        self.negotiated.as_ref()
    }

    /// Tells whether an offer of ours waits for its answer.
    pub fn offer_is_open(&self) -> bool {
        self.offer_is_open
    }

    /// Chooses the first audio line with a codec of ours.
    fn choose_line(&self, offer: &SessionDescription) -> Result<(usize, Selection), NegotiateError> {
        let mut error = NegotiateError::NoAudio;
        for (index, media) in offer.media.iter().enumerate() {
            if media.kind != "audio" || media.port == 0 || !self.takes(&media.protocol) {
                continue;
            }
            if let Some(selection) = select_preferred(media, &self.local.codecs) {
                return Ok((index, selection));
            }
            error = NegotiateError::NoCommonCodec;
        }
        Err(error)
    }

    fn takes(&self, protocol: &str) -> bool {
        match self.local.webrtc {
            Some(_) => protocol == WEBRTC_PROTOCOL,
            None => matches!(protocol, "RTP/AVP" | "RTP/AVPF"),
        }
    }

    /// Joins a peer's audio line to ours; `send` is `receive` until the caller knows better.
    fn join(
        &self,
        media: &MediaDescription,
        codec: Codec,
        receive: PayloadTypes,
        direction: Direction,
    ) -> Result<Negotiated, NegotiateError> {
        let webrtc = match &self.local.webrtc {
            Some(local) => Some(secure_transport(media, local)?),
            None => None,
        };
        let address = match webrtc {
            Some(_) => None,
            None => destination(media, self.local.address.ip())?,
        };
        Ok(Negotiated {
            codec,
            send: receive,
            receive,
            direction,
            remote: address.map(|ip| SocketAddr::new(ip, media.port)),
            rtcp_mux: media.rtcp_mux,
            webrtc,
        })
    }

    fn audio_line(&self, formats: Vec<Format>, direction: Direction) -> MediaDescription {
        let local = &self.local;
        let webrtc = local.webrtc.as_ref();
        let stream = webrtc.map(|_| format!("{0} {0}", local.cname));
        MediaDescription {
            kind: "audio".to_owned(),
            port: local.address.port(),
            protocol: webrtc.map_or("RTP/AVP", |_| WEBRTC_PROTOCOL).to_owned(),
            format_list: formats.iter().map(|f| f.payload_type.to_string()).collect(),
            formats,
            connection: None,
            direction,
            ptime_ms: Some(20),
            mid: None,
            rtcp_mux: true,
            ice: webrtc.map(|w| w.ice.clone()),
            fingerprints: webrtc.iter().map(|w| w.fingerprint.clone()).collect(),
            setup: webrtc.map(|w| w.preferred_setup),
            candidates: webrtc.iter().map(|_| Candidate::host(local.address)).collect(),
            end_of_candidates: webrtc.is_some(),
            ssrc: webrtc.map(|_| (local.ssrc, local.cname.clone())),
            msid: stream,
        }
    }

    /// Describes the dialog's lines; the version grows only with a change (RFC 3264 section 8).
    fn describe(&mut self) -> SessionDescription {
        let lines = self.lines.iter();
        let bundled = lines.filter(|line| line.port != 0 && self.local.webrtc.is_some());
        let mut description = SessionDescription {
            origin: Origin {
                session_id: self.local.session_id,
                session_version: self.sent.as_ref().map_or(1, |sent| sent.origin.session_version),
                address: self.local.address.ip(),
            },
            connection: Some(self.local.address.ip()),
            ice_lite: self.local.webrtc.is_some(),
            bundle: bundled.filter_map(|line| line.mid.clone()).collect(),
            media: self.lines.clone(),
        };
        if self.sent.as_ref().is_some_and(|sent| *sent != description) {
            description.origin.session_version += 1;
        }
        self.sent = Some(description.clone());
        description
    }
}

impl From<Selection> for PayloadTypes {
    fn from(selection: Selection) -> Self {
        Self {
            audio: selection.payload_type,
            telephone_event: selection.telephone_event,
        }
    }
}

const WEBRTC_PROTOCOL: &str = "UDP/TLS/RTP/SAVPF";

/// What the peer's line lets us do, seen from us.
fn peer_allows(media: &MediaDescription) -> Direction {
    let ours = media.direction.reversed();
    // The old way to hold: "send nothing here" (RFC 3264 section 8.4). Browsers write 0.0.0.0 too,
    // meaning only that ICE will tell.
    let held_by_address = media.ice.is_none() && media.connection.is_some_and(|ip| ip.is_unspecified());
    match held_by_address {
        true => ours.intersection(Direction::RecvOnly),
        false => ours,
    }
}

/// Where the peer's audio line wants packets; none on hold by address.
fn destination(media: &MediaDescription, local: IpAddr) -> Result<Option<IpAddr>, NegotiateError> {
    let address = media.connection.ok_or(NegotiateError::AddressMissing)?;
    if address == IpAddr::V4(Ipv4Addr::UNSPECIFIED) {
        return Ok(None);
    }
    let address = address.to_canonical();
    if address.is_multicast() {
        return Err(NegotiateError::AddressMulticast);
    }
    let is_hosts = match address {
        // "This network" (RFC 1122), and what is reserved, with the broadcast address at its end (RFC 1112).
        IpAddr::V4(address) => !matches!(address.octets()[0], 0 | 240..),
        IpAddr::V6(address) => !address.is_unspecified(),
    };
    if !is_hosts {
        return Err(NegotiateError::AddressUnusable);
    }
    // A socket of all addresses of IPv6 sends to IPv4 as well.
    let sends_to_both = local == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    if sends_to_both || local.is_ipv4() == address.is_ipv4() {
        Ok(Some(address))
    } else {
        Err(NegotiateError::AddressFamily)
    }
}

fn secure_transport(media: &MediaDescription, local: &WebRtcLocal) -> Result<WebRtcRemote, NegotiateError> {
    let ice = media.ice.clone().filter(IceCredentials::is_valid);
    let local_setup = match media.setup {
        Some(Setup::Active) => Some(Setup::Passive),
        Some(Setup::Passive) => Some(Setup::Active),
        Some(Setup::ActPass) => Some(local.preferred_setup),
        None => None,
    };
    // RTCP on a second port would need a second candidate, which Offhook never has.
    let complete = !media.fingerprints.is_empty() && media.rtcp_mux;
    match (ice, local_setup) {
        (Some(ice), Some(local_setup)) if complete => Ok(WebRtcRemote {
            ice,
            fingerprints: media.fingerprints.clone(),
            local_setup,
            candidates: media.candidates.clone(),
        }),
        _ => Err(NegotiateError::SecureTransportIncomplete),
    }
}
