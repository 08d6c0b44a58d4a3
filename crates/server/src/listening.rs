//! Where the Offhook of a data folder listens: kept in the folder, so that other commands need no options for it.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::serve::Addresses;

const FILE_NAME: &str = "listening.json";

/// Where an Offhook listens, or would listen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listening {
    /// For browsers and programs.
    pub(crate) http: SocketAddr,
    /// Whether it speaks https there, with a certificate of its own.
    pub(crate) is_tls: bool,
    /// What browsers are told to use; none before a start has found it out.
    pub(crate) base_url: Option<String>,
    /// For SIP over UDP and TCP.
    pub(crate) sip: SocketAddr,
    /// For audio.
    pub(crate) media: IpAddr,
    /// The UDP ports of browsers' audio; none where the system chooses them.
    pub(crate) webrtc_ports: Option<RangeInclusive<u16>>,
    /// The UDP ports of carriers' audio.
    pub(crate) rtp_ports: RangeInclusive<u16>,
    /// With so many callers and calls at the same time, further calls are turned away; agents on their lines and emergency
    /// calls do not count.
    pub(crate) legs_max: usize,
}

impl Listening {
    /// What the options ask for.
    pub(crate) fn of(addresses: &Addresses) -> Self {
        Self {
            http: addresses.http,
            is_tls: addresses.tls_self_signed,
            base_url: addresses.base_url.clone(),
            sip: addresses.sip,
            media: addresses.media_address,
            webrtc_ports: addresses.webrtc_ports(),
            rtp_ports: addresses.rtp_ports.clone(),
            legs_max: addresses.legs_max,
        }
    }

    /// What the last start on the folder wrote; none if it is not there or cannot be understood.
    pub(crate) fn read(data_dir: &Path) -> Option<Self> {
        let text = fs::read(data_dir.join(FILE_NAME)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Keeps it in the folder. Where that cannot be, as on a full disk, the folder says nothing rather than what is no
    /// longer true.
    pub(crate) fn write(&self, data_dir: &Path) -> Result<()> {
        if Self::read(data_dir).as_ref() == Some(self) {
            return Ok(());
        }
        let path = data_dir.join(FILE_NAME);
        let text = serde_json::to_vec_pretty(self)?;
        // Whole or not at all: other commands read it at any time.
        let draft = data_dir.join(format!("{FILE_NAME}.new"));
        let written = fs::write(&draft, text).and_then(|()| fs::rename(&draft, &path));
        if written.is_err() {
            for stale in [&draft, &path] {
                drop(fs::remove_file(stale));
            }
        }
        written.with_context(|| format!("cannot write {}", path.display()))
    }

    /// What to do where carriers' audio has fewer ports than there may be legs; none where it has enough.
    pub(crate) fn ports_short(&self) -> Option<String> {
        let (first, last) = (self.rtp_ports.start(), self.rtp_ports.end());
        let calls_max = relay::calls_max(&self.rtp_ports);
        (calls_max < self.legs_max).then(|| {
            format!(
                "--rtp-ports {first}-{last} is enough for {calls_max} calls over trunks at the same time, and \
                 --legs-max allows {} legs: calls beyond have no audio and end, so give more ports or allow fewer legs",
                self.legs_max
            )
        })
    }

    /// The UDP ports that carry audio, for people.
    pub(crate) fn audio_ports(&self) -> String {
        let range = |ports: &RangeInclusive<u16>| format!("UDP {} to {}", ports.start(), ports.end());
        let browsers = self.webrtc_ports.as_ref().map_or_else(
            || "UDP ports of the system's choice".to_owned(),
            |ports| match ports.start() == ports.end() {
                true => format!("UDP {}", ports.start()),
                false => range(ports),
            },
        );
        format!("{browsers} for browsers, {} for carriers", range(&self.rtp_ports))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listening() -> Listening {
        Listening {
            http: "127.0.0.1:9090".parse().unwrap(),
            is_tls: false,
            base_url: Some("http://localhost:9090".to_owned()),
            sip: "127.0.0.1:5060".parse().unwrap(),
            media: "0.0.0.0".parse().unwrap(),
            webrtc_ports: Some(10_000..=10_003),
            rtp_ports: 20_000..=29_999,
            legs_max: 4000,
        }
    }

    #[test]
    fn where_a_server_listens_is_found_in_its_folder() {
        let dir = std::env::temp_dir().join(format!("offhook_listening_test_{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        assert_eq!(Listening::read(&dir), None);
        let mut listening = listening();
        listening.write(&dir).unwrap();
        assert_eq!(Listening::read(&dir).as_ref(), Some(&listening));
        assert_eq!(
            listening.audio_ports(),
            "UDP 10000 to 10003 for browsers, UDP 20000 to 29999 for carriers"
        );
        listening.webrtc_ports = Some(10_000..=10_000);
        assert!(listening.audio_ports().starts_with("UDP 10000 for browsers"));
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn what_cannot_be_written_is_not_said_by_what_was_written_before() {
        let dir = std::env::temp_dir().join(format!("offhook_listening_full_{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let mut listening = listening();
        listening.write(&dir).unwrap();
        // A folder in its place lets nobody write the draft, whoever the test runs as.
        fs::create_dir(dir.join(format!("{FILE_NAME}.new"))).unwrap();
        listening.write(&dir).unwrap();
        assert_eq!(
            Listening::read(&dir).as_ref(),
            Some(&listening),
            "it says so already"
        );
        listening.http = "127.0.0.1:9091".parse().unwrap();
        listening.write(&dir).unwrap_err();
        assert_eq!(Listening::read(&dir), None);
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn carriers_audio_has_a_pair_of_ports_for_each_leg_or_it_is_said() {
        for (ports, legs_max, expected) in [
            (20_000..=29_999, 4000, None),
            (20_000..=20_007, 4, None),
            (20_000..=20_006, 4, Some("enough for 3 calls")),
            (20_001..=20_008, 4, Some("enough for 3 calls")),
            (20_000..=20_063, 32, Some("enough for 30 calls")),
            (65_534..=65_535, 1, None),
            (65_535..=65_535, 1, Some("enough for 0 calls")),
        ] {
            let listening = Listening {
                rtp_ports: ports.clone(),
                legs_max,
                ..listening()
            };
            let said = listening.ports_short();
            let is_said = match (&said, expected) {
                (None, None) => true,
                (Some(said), Some(expected)) => said.contains(expected),
                (Some(_), None) | (None, Some(_)) => false,
            };
            assert!(is_said, "{ports:?} {legs_max}: {said:?}");
        }
    }
}
