//! Usage: what is metered.

use crate::{ContactId, LegId, TenantId, Timestamp};

/// What is measured. Names are plural and end in their unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meter {
    /// Connected seconds of an agent's leg in a browser.
    AgentBrowserSeconds,
    /// Connected seconds of a customer's leg in a browser.
    CustomerBrowserSeconds,
    /// Connected seconds of a customer's leg that came over a trunk.
    InboundTrunkSeconds,
    /// Connected seconds of a customer's leg that went out over a trunk.
    OutboundTrunkSeconds,
}

impl Meter {
    /// All meters.
    pub const ALL: [Self; 4] = [
        Self::AgentBrowserSeconds,
        Self::CustomerBrowserSeconds,
        Self::InboundTrunkSeconds,
        Self::OutboundTrunkSeconds,
    ];

    /// The name it has in the API, in exports and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AgentBrowserSeconds => "agent_browser_seconds",
            Self::CustomerBrowserSeconds => "customer_browser_seconds",
            Self::InboundTrunkSeconds => "inbound_trunk_seconds",
            Self::OutboundTrunkSeconds => "outbound_trunk_seconds",
        }
    }
}

/// One metered quantity. Immutable: a correction is a new record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// The event it was folded from; a tenant, an event and a meter make it unique.
    pub event_seq: u64,
    /// The contact.
    pub contact: ContactId,
    /// The leg.
    pub leg: LegId,
    /// What was measured.
    pub meter: Meter,
    /// From when it was measured.
    pub started_at: Timestamp,
    /// Until when it was measured.
    pub ended_at: Timestamp,
    /// The measured time in milliseconds; its seconds are rounded up once, in [`UsageRecord::seconds`].
    pub quantity_ms: u64,
    /// A call made to try things out.
    pub test: bool,
}

impl UsageRecord {
    /// The metered seconds: each started second counts.
    #[must_use]
    pub const fn seconds(&self) -> u64 {
        self.quantity_ms.div_ceil(1000)
    }
}
