//! What a leg reports and is told by RTCP.

use std::time::{Duration, Instant};

use crate::limits::REPORT_INTERVAL;
use crate::rtcp::{NtpTime, ReportBlock, RtcpView, SenderInfo, write_report};

use super::slot::Slot;
use super::stats::RemoteReport;

pub(super) struct Reports {
    pub(super) next_at: Instant,
    /// When a keep-alive was last tried, sent or not.
    pub(super) keepalive_tried_at: Option<Instant>,
    /// The middle of the time of the peer's last sender report, and when it came.
    last_report: Option<(u32, Instant)>,
    /// The source of our last report, with its expected and lost packets then.
    reported: Option<(u32, u64, u64)>,
    pub(super) remote: Option<RemoteReport>,
}

impl Reports {
    pub(super) fn new(next_at: Instant) -> Self {
        Self {
            next_at,
            keepalive_tried_at: None,
            last_report: None,
            reported: None,
            remote: None,
        }
    }
}

impl Slot {
    /// Reads a report of the peer.
    pub(super) fn handle_rtcp(&mut self, packet: &[u8], epoch: Instant, now: Instant) {
        let view = RtcpView::parse(packet, self.send.ssrc());
        if let Some(middle) = view.sender_report {
            self.reports.last_report = Some((middle, now));
        }
        if let Some(block) = view.block {
            let round_trip = block.round_trip(NtpTime::since(epoch, now));
            let rate = u64::from(self.send.clock_rate_hz());
            let jitter_us = u64::from(block.jitter) * 1_000_000 / rate;
            self.reports.remote = Some(RemoteReport {
                fraction_lost_256: block.fraction_lost_256,
                lost_count: block.lost_count,
                jitter_us: u32::try_from(jitter_us).unwrap_or(u32::MAX),
                round_trip_us: round_trip.map(as_micros),
            });
        }
    }

    /// Writes our next report as a plain RTCP packet; `None` when there is nothing to report.
    pub(super) fn write_report(&mut self, buffer: &mut [u8], epoch: Instant, now: Instant) -> Option<usize> {
        let has_sent = self.send.packet_count() > 0;
        let sender = has_sent.then(|| SenderInfo {
            ntp: NtpTime::since(epoch, now),
            timestamp: self.send.timestamp_at(now),
            packet_count: self.send.packet_count() as u32,
            byte_count: self.send.byte_count() as u32,
        });
        let block = self.report_block(now);
        if sender.is_none() && block.is_none() {
            return None;
        }
        write_report(buffer, self.send.ssrc(), &self.cname, sender, block)
    }

    pub(super) fn advance_report(&mut self, now: Instant) {
        self.reports.next_at = now + REPORT_INTERVAL;
    }

    fn report_block(&mut self, now: Instant) -> Option<ReportBlock> {
        let ssrc = self.receive.ssrc()?;
        let (expected, lost) = self.receive.expected_and_lost();
        let reported = self.reports.reported.filter(|reported| reported.0 == ssrc);
        let (_, reported_expected, reported_lost) = reported.unwrap_or_default();
        self.reports.reported = Some((ssrc, expected, lost));
        let expected_since = expected.saturating_sub(reported_expected);
        let lost_since = lost.saturating_sub(reported_lost);
        let fraction = (lost_since * 256).checked_div(expected_since).unwrap_or(0);
        let (last_report, delay) = self.reports.last_report.map_or((0, 0), |(middle, at)| {
            let delay = now.saturating_duration_since(at);
            (middle, (delay.as_micros() * 65_536 / 1_000_000) as u32)
        });
        Some(ReportBlock {
            ssrc,
            fraction_lost_256: u8::try_from(fraction).unwrap_or(u8::MAX),
            lost_count: i32::try_from(lost).unwrap_or(i32::MAX),
            highest_sequence: self.receive.highest_sequence()? as u32,
            jitter: self.receive.jitter_units(),
            last_report,
            delay_since_last_report: delay,
        })
    }
}

fn as_micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}
