//! How one thing names another.

use std::collections::BTreeMap;
use std::fmt::Display;

use model::config::{Agent, Disposition, Flow, Queue};
use model::hours::HoursOfOperation;
use model::{AgentId, DispositionId, FlowId, HoursId, QueueId, TenantConfig};
use serde::Serialize;
use utoipa::ToSchema;

/// A reference to a configured thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Ref {
    /// Its id.
    #[schema(example = "que_01kb3m9x6v0000000000000000")]
    pub(crate) id: String,
    /// What people call it; its id when it is gone.
    #[schema(example = "Support")]
    pub(crate) name: String,
}

impl Ref {
    /// Refers to an agent.
    #[must_use]
    pub(crate) fn agent(config: &TenantConfig, id: AgentId) -> Self {
        Self::found(&config.agents, id, |agent: &Agent| &agent.name)
    }

    /// Refers to a disposition.
    #[must_use]
    pub(crate) fn disposition(config: &TenantConfig, id: DispositionId) -> Self {
        Self::found(&config.dispositions, id, |disposition: &Disposition| {
            &disposition.name
        })
    }

    /// Refers to a flow.
    #[must_use]
    pub(crate) fn flow(config: &TenantConfig, id: FlowId) -> Self {
        Self::found(&config.flows, id, |flow: &Flow| &flow.name)
    }

    /// Refers to hours of operation.
    #[must_use]
    pub(crate) fn hours(config: &TenantConfig, id: HoursId) -> Self {
        Self::found(&config.hours, id, |hours: &HoursOfOperation| &hours.name)
    }

    /// Refers to a queue.
    #[must_use]
    pub(crate) fn queue(config: &TenantConfig, id: QueueId) -> Self {
        Self::found(&config.queues, id, |queue: &Queue| &queue.name)
    }

    fn found<I: Ord + Display, T>(things: &BTreeMap<I, T>, id: I, name: impl Fn(&T) -> &String) -> Self {
        let name = things
            .get(&id)
            .map_or_else(|| id.to_string(), |thing| name(thing).clone());
        Self {
            id: id.to_string(),
            name,
        }
    }
}
