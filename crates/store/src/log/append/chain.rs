//! What a group holds of one tenant, and whether it follows what is in the tenant's log.

use std::collections::BTreeMap;

use model::TenantId;

use crate::log::LogHead;
use crate::{Append, AppendError};

/// The appends of one tenant that follow one another.
pub(super) struct Chain {
    pub(super) tenant: TenantId,
    /// The highest of the tenant's epochs in the group: a lease may be taken anew while an append waits.
    pub(super) epoch: u64,
    /// The number before its first event; none without events.
    pub(super) after: Option<u64>,
    /// The number of its last event.
    pub(super) last_seq: u64,
    /// Whether an append did not follow: what stands behind it was decided on events that never happened.
    is_broken: bool,
    /// Where its appends stand in the group.
    pub(super) members: Vec<usize>,
}

/// Sorted by tenant, so that two nodes lock rows in the same order. Refuses what does not follow.
pub(super) fn chains(appends: &[Append], results: &mut [Result<(), AppendError>]) -> Vec<Chain> {
    let mut by_tenant: BTreeMap<TenantId, Chain> = BTreeMap::new();
    for append in appends {
        let chain = by_tenant
            .entry(append.lease.tenant)
            .or_insert_with(|| Chain::new(append.lease.tenant));
        chain.epoch = chain.epoch.max(append.lease.epoch);
    }
    for (index, append) in appends.iter().enumerate() {
        let chain = by_tenant
            .get_mut(&append.lease.tenant)
            .expect("every tenant of the group has a chain");
        match chain.extend(append) {
            Ok(()) => chain.members.push(index),
            Err(refusal) => results[index] = Err(refusal),
        }
    }
    by_tenant
        .into_values()
        .filter(|chain| !chain.members.is_empty())
        .collect()
}

impl Chain {
    const fn new(tenant: TenantId) -> Self {
        Self {
            tenant,
            epoch: 0,
            after: None,
            last_seq: 0,
            is_broken: false,
            members: Vec::new(),
        }
    }

    /// Takes an append in, unless it does not follow.
    fn extend(&mut self, append: &Append) -> Result<(), AppendError> {
        let epoch = append.lease.epoch;
        if epoch < self.epoch {
            return Err(AppendError::StaleLease {
                epoch,
                current: self.epoch,
            });
        }
        let before = append.events.first().map(|first| first.seq.saturating_sub(1));
        let expected = match self.after {
            Some(_) => self.last_seq,
            None => before.unwrap_or(0),
        };
        let mut numbered = append.events.iter().zip(expected + 1..);
        if self.is_broken || !numbered.all(|(event, seq)| event.seq == seq) {
            self.is_broken = true;
            return Err(AppendError::SeqMismatch { last_seq: expected });
        }
        if before.is_some() {
            self.after.get_or_insert(expected);
            self.last_seq = expected + append.events.len() as u64;
        }
        Ok(())
    }

    /// Whether it can follow what is in the log.
    pub(super) fn judge(&self, head: LogHead) -> Result<(), AppendError> {
        let LogHead { epoch, last_seq } = head;
        if epoch != self.epoch {
            return Err(AppendError::StaleLease {
                epoch: self.epoch,
                current: epoch,
            });
        }
        if self.after.is_some_and(|after| after != last_seq) {
            return Err(AppendError::SeqMismatch { last_seq });
        }
        Ok(())
    }

    /// Answers all its appends.
    pub(super) fn refuse(&self, results: &mut [Result<(), AppendError>], refusal: &AppendError) {
        for index in &self.members {
            results[*index] = Err(refusal.clone());
        }
    }
}
