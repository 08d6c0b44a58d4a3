//! The values of single lines.

use std::net::{IpAddr, Ipv4Addr};

use super::{Format, Origin};

/// The payload types of RFC 3551 that need no `a=rtpmap`, as far as Offhook may meet them.
pub(super) fn static_format(payload_type: u8) -> Option<Format> {
    let encoding = match payload_type {
        0 => "PCMU",
        8 => "PCMA",
        9 => "G722",
        _ => return None,
    };
    Some(Format {
        payload_type,
        encoding: encoding.to_owned(),
        clock_rate_hz: 8_000,
        channel_count: 1,
        parameters: None,
    })
}

pub(super) fn parse_origin(value: &str) -> Option<Origin> {
    let mut fields = value.split_ascii_whitespace().skip(1);
    let session_id = parse_number_saturating(fields.next()?)?;
    let session_version = parse_number_saturating(fields.next()?)?;
    let (_network, _family) = (fields.next()?, fields.next()?);
    let address = fields.next()?.parse();
    Some(Origin {
        session_id,
        session_version,
        address: address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
    })
}

/// Reads the value of `c=`; the inner `None` is a host name, which only latching can replace.
pub(super) fn parse_connection(value: &str) -> Option<Option<IpAddr>> {
    let mut fields = value.split_ascii_whitespace();
    let (network, family) = (fields.next()?, fields.next()?);
    if network != "IN" || !matches!(family, "IP4" | "IP6") {
        return None;
    }
    let address = fields.next()?;
    let address = address.split_once('/').map_or(address, |(base, _)| base);
    Some(address.parse().ok())
}

pub(super) fn parse_rtpmap(value: &str) -> Option<Format> {
    let (payload_type, encoding) = value.split_once(' ')?;
    let mut parts = encoding.trim().split('/');
    let format = Format {
        payload_type: parse_payload_type(payload_type)?,
        encoding: parts.next().filter(|name| !name.is_empty())?.to_owned(),
        clock_rate_hz: parse_digits(parts.next()?)?,
        channel_count: parts.next().map_or(Some(1), parse_digits)?,
        parameters: None,
    };
    Some(format)
}

pub(super) fn parse_payload_type(text: &str) -> Option<u8> {
    parse_digits(text).filter(|payload_type| *payload_type < 128)
}

/// Reads a decimal number without a sign, which `str::parse` would take.
pub(super) fn parse_digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    digits_only.then(|| text.parse().ok()).flatten()
}

fn parse_number_saturating(text: &str) -> Option<u64> {
    let digits_only = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits_only.then(|| text.parse().unwrap_or(u64::MAX))
}
