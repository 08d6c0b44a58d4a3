//! Keeps a session alive, or finds that the far side let it die (RFC 4028 section 10).

use std::time::Instant;

use crate::Method;
use crate::core::Core;
use crate::endpoint::EndReason;
use crate::schedule::{Deadline, TimerKey};
use crate::session_timer::Agreement;

use super::{Phase, Session};

/// The session timer of one session.
#[derive(Debug, Default)]
pub(super) struct Refresh {
    pub(super) agreement: Option<Agreement>,
    expiry: Option<TimerKey>,
    refresh: Option<TimerKey>,
}

impl Session {
    /// Starts the session timer afresh with what was just agreed on.
    pub(super) fn restart_session_timer(
        &mut self,
        core: &mut Core,
        agreement: Option<Agreement>,
        now: Instant,
    ) {
        self.stop_session_timer(core);
        self.refresh.agreement = agreement;
        let Some(agreement) = agreement else { return };
        let expires_at = now + agreement.expires_after();
        self.refresh.expiry = Some(core.schedule.set(expires_at, Deadline::SessionExpiry(self.id)));
        if agreement.we_refresh {
            let refresh_at = now + agreement.refresh_after();
            self.refresh.refresh = Some(core.schedule.set(refresh_at, Deadline::SessionRefresh(self.id)));
        }
    }

    /// Stops the session timer.
    pub(super) fn stop_session_timer(&mut self, core: &mut Core) {
        core.schedule.clear(&mut self.refresh.refresh);
        core.schedule.clear(&mut self.refresh.expiry);
    }

    /// Refreshes the session, by UPDATE if the far side takes it.
    pub(crate) fn handle_refresh_due(&mut self, core: &mut Core, now: Instant) {
        self.refresh.refresh = None;
        if !matches!(self.phase, Phase::Established { .. }) || !self.is_free_to_offer() {
            // Whatever is under way renews the agreement itself.
            return;
        }
        if self.peer.allows_update {
            self.start_offer(core, Method::Update, None, true, now);
        } else {
            let body = self.local_body.clone();
            self.start_offer(core, Method::Invite, body, true, now);
        }
    }

    /// Ends a session that was not refreshed in time.
    pub(crate) fn handle_session_expired(&mut self, core: &mut Core, now: Instant) {
        self.refresh.expiry = None;
        let reason = "SIP;cause=408;text=\"Session timer expired\"";
        self.leave(core, EndReason::SessionExpired, Some(reason), now);
    }
}
