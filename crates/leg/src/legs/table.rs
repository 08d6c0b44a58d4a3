//! The legs of a node, and how many of each kind there are.

use std::collections::BTreeMap;

use model::{LegId, LineId};

use super::browser::BrowserCaller;
use super::call::Call;

/// One leg.
pub(super) enum Leg {
    /// A caller in a browser.
    Browser(BrowserCaller),
    /// Somebody over SIP.
    Call(Box<Call>),
    /// An agent's, on the media leg of the line.
    OnLine(LineId),
}

/// Against which bound a leg counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// The node's limit of legs.
    Bounded,
    /// The limit of emergency calls.
    Emergency,
    /// The lines, which each carry one at most.
    OnLine,
}

/// All legs.
#[derive(Default)]
pub(super) struct LegTable {
    by_id: BTreeMap<LegId, Leg>,
    bounded_count: usize,
    emergency_count: usize,
}

impl LegTable {
    /// Takes a leg in whose id is new.
    pub(super) fn insert(&mut self, id: LegId, leg: Leg) {
        if let Some(count) = self.count_of(kind(&leg)) {
            *count += 1;
        }
        let replaced = self.by_id.insert(id, leg);
        debug_assert!(replaced.is_none(), "{id} is there already");
    }

    pub(super) fn remove(&mut self, id: &LegId) -> Option<Leg> {
        let leg = self.by_id.remove(id)?;
        if let Some(count) = self.count_of(kind(&leg)) {
            *count -= 1;
        }
        Some(leg)
    }

    pub(super) fn get(&self, id: &LegId) -> Option<&Leg> {
        self.by_id.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &LegId) -> Option<&mut Leg> {
        self.by_id.get_mut(id)
    }

    pub(super) fn contains_key(&self, id: &LegId) -> bool {
        self.by_id.contains_key(id)
    }

    /// All legs.
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Callers and calls, without emergency calls.
    pub(super) const fn bounded_count(&self) -> usize {
        self.bounded_count
    }

    pub(super) const fn emergency_count(&self) -> usize {
        self.emergency_count
    }

    fn count_of(&mut self, kind: Kind) -> Option<&mut usize> {
        match kind {
            Kind::Bounded => Some(&mut self.bounded_count),
            Kind::Emergency => Some(&mut self.emergency_count),
            Kind::OnLine => None,
        }
    }
}

fn kind(leg: &Leg) -> Kind {
    match leg {
        Leg::Call(call) if call.is_emergency => Kind::Emergency,
        Leg::Browser(_) | Leg::Call(_) => Kind::Bounded,
        Leg::OnLine(_) => Kind::OnLine,
    }
}
