//! Where the folds of the log and the second opinion differ.

use std::collections::BTreeSet;

use model::{ContactRecord, LegId, LiveView, TenantConfig, Timestamp, UsageRecord};

use super::Reference;

impl Reference {
    /// Whether the live view says the same: which legs are up, how many contacts are open, which status agents have
    /// and who is routable.
    pub(crate) fn compare(&mut self, view: &LiveView, config: &TenantConfig, now: Timestamp) -> Vec<String> {
        let mut faults = std::mem::take(&mut self.faults);
        faults.extend(self.compare_legs(view, now));
        faults.extend(self.compare_agents(view, config, now));
        faults
    }

    fn compare_legs(&self, view: &LiveView, now: Timestamp) -> Vec<String> {
        let mut faults = Vec::new();
        for (id, leg) in self.up.iter().map(|id| (id, &self.legs[id])) {
            if leg.is_dialing() && leg.rings_until < Some(now) {
                faults.push(format!("{id} still rings"));
            }
        }
        let records = view.contacts.values();
        let legs = records.flat_map(|record| record.legs.iter());
        let recorded: BTreeSet<LegId> = legs
            .filter(|leg| leg.ended_at.is_none())
            .map(|leg| leg.id)
            .collect();
        let differing = self.up.symmetric_difference(&recorded);
        faults.extend(differing.map(|leg| format!("{leg} is up for one and over for the other")));
        let is_customers = |leg: &&LegId| self.legs[*leg].agent.is_none();
        let callers_count = self.up.iter().filter(is_customers).count();
        let open = |record: &&ContactRecord| record.disconnected_at.is_none();
        let open_count = view.contacts.values().filter(open).count();
        if callers_count != open_count {
            faults.push(format!(
                "{callers_count} customers are there, {open_count} contacts open"
            ));
        }
        faults
    }

    fn compare_agents(&self, view: &LiveView, config: &TenantConfig, now: Timestamp) -> Vec<String> {
        let mut faults = Vec::new();
        for id in config.agents.keys() {
            let known = self.agents.get(id);
            let state = view.agents.get(*id);
            let (actual, expected) = (
                state.and_then(|agent| agent.status),
                known.and_then(|agent| agent.status),
            );
            if actual != expected {
                faults.push(format!(
                    "{id} has status {actual:?}, and should have {expected:?}"
                ));
            }
            let Some(expected) = known.map_or(Some(false), |agent| agent.is_routable(config, now)) else {
                continue;
            };
            let actual = state.is_some_and(|agent| presence::routable_since(agent, config).is_some());
            if actual != expected {
                faults.push(format!("{id} is routable: {actual}, and should be: {expected}"));
            }
        }
        faults
    }

    /// Whether a contact's record and what was metered of it say the same as the telephones.
    pub(crate) fn compare_record(&self, record: &ContactRecord, usage: &[UsageRecord]) -> Vec<String> {
        let mut faults = Vec::new();
        let id = record.id;
        for leg in &record.legs {
            let Some(known) = self.legs.get(&leg.id) else {
                continue;
            };
            let expected = known.connected_ms();
            let metered = usage.iter().filter(|usage| usage.leg == leg.id);
            let metered: u64 = metered.map(|usage| usage.quantity_ms).sum();
            if metered != expected {
                faults.push(format!(
                    "{} carried audio for {expected} ms, metered {metered}",
                    leg.id
                ));
            }
        }
        let customer = record.legs.first().and_then(|leg| self.legs.get(&leg.id));
        let Some(customer) = customer else {
            return faults;
        };
        let dialing_ms = if customer.rings_until.is_some() {
            customer.before_answer_ms()
        } else {
            0
        };
        for (what, recorded, expected) in [
            ("lasted", record.intervals.total_ms(), customer.total_ms()),
            ("talked", record.intervals.talk_ms, customer.talk_ms),
            ("was dialed", record.intervals.dialing_ms, dialing_ms),
        ] {
            if recorded != expected {
                faults.push(format!("{id} {what} {expected} ms, recorded {recorded}"));
            }
        }
        faults
    }
}
