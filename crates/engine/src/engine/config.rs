//! The configuration in force.

use model::{Revision, TenantEvent};

use super::Engine;

impl Engine {
    /// Has a revision take effect. They come in order; one that is in force already changes nothing.
    pub(super) fn change_config(&mut self, revision: Revision) {
        let number = revision.number;
        if number <= self.config.revision {
            return;
        }
        self.next_revision = Some(revision);
        self.record_tenant(TenantEvent::ConfigApplied { revision: number });
    }

    pub(super) fn apply_config(&mut self, number: u64) {
        let Some(revision) = self.next_revision.take_if(|next| next.number == number) else {
            debug_assert!(false, "revision {number} is not at hand");
            tracing::error!(revision = number, "a revision was recorded that is not at hand");
            return;
        };
        self.config.apply(&revision);
        self.documents.clear();
        self.touched.extend(self.config.agents.keys());
    }
}
