//! Calls that arrive: whose they are, who is called, who calls.

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::Input;
use leg::limits::RETRY_AFTER_S;
use leg::{Arrival, Command, Rejection};
use model::{LegId, LegKind, PartyId, PhoneNumber, TenantId, Timestamp, TrunkId};
use sip::endpoint::AdmissionRequest;
use sip::{BoundTo, Method, StatusCode};
use store::{Entropy, Store, StoreError, Trunk};

use super::super::limits::{STRANGERS_WAITING_MAX, TRUNKS_RELOADED_FOR_STRANGER};
use super::super::registrations::{Wanted, resolve};
use super::super::simulator::TRUNK_PARAMETER;
use super::super::trunks::{ALGORITHMS, Claim, caller_address, group, number_of};
use super::{Happening, Ownership, Task};

/// What the store says of a call that arrived.
pub(in crate::telephony) enum LookedUp {
    /// The database did not answer.
    Failed,
    /// The number is a tenant's.
    Found(Box<Called>),
    /// Nobody has the number.
    Unassigned,
}

/// Who is called, and by whom.
pub(in crate::telephony) struct Called {
    is_test: bool,
    party: PartyId,
    source: std::net::SocketAddr,
    tenant: TenantId,
    to: PhoneNumber,
    trunk: TrunkId,
}

impl Task {
    /// Lets a request in if it is a trunk's, and turns it away if it is nobody's.
    pub(super) fn decide(&mut self, asked: AdmissionRequest) {
        let admission = asked.admission;
        if asked.method == Method::Invite && self.has_no_room(&asked) {
            let refuse = Command::Refuse {
                admission,
                retry_after_s: Some(RETRY_AFTER_S),
                status: StatusCode::SERVICE_UNAVAILABLE,
            };
            return self.live.command(refuse);
        }
        let leg = LegId::new(self.clock.now(), rand::random());
        let command = match self.claim(&asked) {
            Claim::Challenge(realm) => Command::Challenge {
                admission,
                algorithms: ALGORITHMS.to_vec(),
                realm,
            },
            Claim::Digest(trunk, proof) => Command::CheckDigest {
                admission,
                bound_to: BoundTo::Group(group(trunk)),
                leg,
                proof,
                trunk,
            },
            Claim::Source(trunk) => Command::Admit {
                admission,
                bound_to: match asked.source.address == self.simulator {
                    true => BoundTo::Address,
                    false => BoundTo::Group(group(trunk)),
                },
                leg,
                trunk,
            },
            Claim::Stranger if self.may_be_known_soon() => {
                self.strangers.push(asked);
                self.read_trunks();
                return;
            }
            Claim::Stranger => {
                tracing::debug!(source = %asked.source.address, method = %asked.method, "a stranger is turned away");
                turned_away(&asked)
            }
        };
        self.live.command(command);
    }

    /// Whether a call, should it be a trunk's, is turned away for want of room; a stranger is told nothing.
    fn has_no_room(&self, asked: &AdmissionRequest) -> bool {
        let is_simulated = asked.source.address == self.simulator;
        let is_full = self.is_overloaded || (is_simulated && self.live.legs.is_nearly_full());
        is_full && matches!(self.claim(asked), Claim::Digest(..) | Claim::Source(_))
    }

    fn claim(&self, asked: &AdmissionRequest) -> Claim {
        if asked.source.address == self.simulator && asked.method == Method::Invite {
            // Nobody else can send from there, so what it says of its trunk is true.
            let trunk = asked.request_uri.param(TRUNK_PARAMETER);
            if let Some(trunk) = trunk.and_then(|trunk| trunk.parse().ok()) {
                return Claim::Source(trunk);
            }
        }
        self.trunks.claim(asked)
    }

    /// Whether the trunks are so old that a stranger may be a new one.
    fn may_be_known_soon(&self) -> bool {
        let is_old = |read_at: Instant| read_at.elapsed() >= TRUNKS_RELOADED_FOR_STRANGER;
        self.trunks.read_at.is_none_or(is_old) && self.strangers.len() < STRANGERS_WAITING_MAX
    }

    /// Reads the trunks in the background.
    pub(super) fn read_trunks(&mut self) {
        if self.is_reading_trunks {
            return;
        }
        self.is_reading_trunks = true;
        let (store, happenings) = (self.store.clone(), self.happenings.clone());
        tokio::spawn(async move {
            let trunks = loop {
                match store.trunks().await {
                    Ok(trunks) => break trunks,
                    Err(error) => {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "the trunks cannot be read"
                        );
                    }
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            };
            let _ = happenings.send(Happening::TrunksRead(trunks)).await;
        });
    }

    pub(super) fn take_trunks(&mut self, trunks: Vec<Trunk>) {
        self.is_reading_trunks = false;
        for wanted in self.registrations.wanted(&trunks, Instant::now()) {
            self.find_registrar(wanted);
        }
        for command in self.registrations.unwanted(&trunks) {
            self.live.command(command);
        }
        self.trunks.replace(trunks, Instant::now());
        self.note_peers();
        for asked in std::mem::take(&mut self.strangers) {
            self.decide(asked);
        }
    }

    /// Takes in who is known now.
    pub(super) fn note_peers(&mut self) {
        self.trunks.set_registrars(self.registrations.registrars());
        self.live.command(Command::SetPeers(self.trunks.peers()));
    }

    fn find_registrar(&self, wanted: Wanted) {
        let (happenings, sip) = (self.happenings.clone(), self.sip.ip());
        tokio::spawn(async move {
            let address = resolve(&wanted.registrar, sip).await;
            let found = Happening::RegistrarFound(wanted.trunk, wanted.search, address);
            let _ = happenings.send(found).await;
        });
    }

    /// Looks up in the background who is called, and by whom.
    pub(super) fn look_up(&mut self, arrival: Arrival) {
        let leg = arrival.leg;
        let is_test = arrival.source == self.simulator;
        let trunks = self.trunks.candidates(arrival.trunk, arrival.source.ip());
        let (store, happenings, now) = (self.store.clone(), self.happenings.clone(), self.clock.now());
        let lookups = Arc::clone(&self.lookups);
        tokio::spawn(async move {
            let _turn = lookups.acquire().await;
            let found = find(&store, &arrival, trunks, is_test, now).await;
            let found = found.unwrap_or_else(|error| {
                let error = &error as &dyn std::error::Error;
                tracing::error!(leg.id = %leg, error, "a call that arrived cannot be looked up");
                LookedUp::Failed
            });
            let _ = happenings.send(Happening::LookedUp(leg, found)).await;
        });
    }

    pub(super) fn take_looked_up(&mut self, leg: LegId, found: LookedUp) {
        // The caller may have given up meanwhile.
        if !self.live.legs.has_leg(leg) {
            return;
        }
        let called = match found {
            LookedUp::Found(called) => called,
            LookedUp::Failed => return self.turn_away(leg, Rejection::Unavailable),
            LookedUp::Unassigned => return self.turn_away(leg, Rejection::UnassignedNumber),
        };
        let ownership = Ownership {
            tenant: called.tenant,
            source: Some(called.source),
            _place: None,
        };
        self.tenants.insert(leg, ownership);
        let arrival = engine::Arrival {
            leg,
            kind: LegKind::CustomerTrunk,
            party: called.party,
            to: called.to,
            trunk: Some(called.trunk),
            test: called.is_test,
        };
        self.tell(called.tenant, Input::LegArrived(arrival));
    }

    fn turn_away(&mut self, leg: LegId, rejection: Rejection) {
        self.live.command(Command::Reject { leg, rejection });
    }
}

/// A stranger over UDP gets no answer, for its address may be another's, who would get our refusal and its
/// repetitions.
fn turned_away(asked: &AdmissionRequest) -> Command {
    let admission = asked.admission;
    if asked.transport.is_reliable() {
        Command::Refuse {
            admission,
            retry_after_s: None,
            status: StatusCode::FORBIDDEN,
        }
    } else {
        Command::Ignore { admission }
    }
}

async fn find(
    store: &Store,
    arrival: &Arrival,
    trunks: Vec<(TrunkId, String)>,
    is_test: bool,
    now: Timestamp,
) -> Result<LookedUp, StoreError> {
    for (trunk, calling_code) in trunks {
        // A carrier we are registered with may write our user name into the Request-URI.
        let uris = [&arrival.request_uri, &arrival.to.uri];
        let Some(to) = uris.into_iter().find_map(|uri| number_of(uri, &calling_code)) else {
            continue;
        };
        let Some(owner) = store.number_owner(trunk, &to).await? else {
            continue;
        };
        let caller = arrival.asserted.as_ref().unwrap_or(&arrival.from);
        let address = caller_address(caller, arrival.is_private, &calling_code);
        let entropy = Entropy::draw(&mut rand::rng());
        let party = store
            .party_for(owner.tenant, address.as_deref(), now, entropy)
            .await?;
        return Ok(LookedUp::Found(Box::new(Called {
            is_test,
            party,
            source: arrival.source,
            tenant: owner.tenant,
            to,
            trunk,
        })));
    }
    Ok(LookedUp::Unassigned)
}
