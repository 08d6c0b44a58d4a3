//! Which agent has which line.

use std::collections::BTreeMap;

use model::{AgentId, LineId, TenantId};

/// An agent of a tenant.
pub(super) type Owner = (TenantId, AgentId);

/// The lines of all agents: one that stands and one that is being opened, at most.
#[derive(Default)]
pub(super) struct Lines {
    of_agent: BTreeMap<Owner, AgentLines>,
    owners: BTreeMap<LineId, Owner>,
}

#[derive(Clone, Copy, Default)]
pub(super) struct AgentLines {
    pub(super) open: Option<LineId>,
    pub(super) opening: Option<LineId>,
}

impl Lines {
    /// The agent's lines.
    pub(super) fn of(&self, owner: Owner) -> AgentLines {
        self.of_agent.get(&owner).copied().unwrap_or_default()
    }

    /// Notes a line that is being opened; returns the one whose opening it ends.
    pub(super) fn begin(&mut self, owner: Owner, line: LineId) -> Option<LineId> {
        self.owners.insert(line, owner);
        let lines = self.of_agent.entry(owner).or_default();
        let replaced = lines.opening.replace(line);
        if let Some(replaced) = replaced {
            self.owners.remove(&replaced);
        }
        replaced
    }

    /// Notes that a line stands; returns whose it is and the one whose place it takes.
    pub(super) fn open(&mut self, line: LineId) -> Option<(Owner, Option<LineId>)> {
        let owner = *self.owners.get(&line)?;
        let lines = self.of_agent.entry(owner).or_default();
        if lines.opening == Some(line) {
            lines.opening = None;
        }
        let replaced = lines.open.replace(line);
        if let Some(replaced) = replaced {
            self.owners.remove(&replaced);
        }
        Some((owner, replaced))
    }

    /// Forgets a line; returns whose it was.
    pub(super) fn end(&mut self, line: LineId) -> Option<Owner> {
        let owner = self.owners.remove(&line)?;
        if let Some(lines) = self.of_agent.get_mut(&owner) {
            lines.open = lines.open.filter(|open| *open != line);
            lines.opening = lines.opening.filter(|opening| *opening != line);
            if lines.open.is_none() && lines.opening.is_none() {
                self.of_agent.remove(&owner);
            }
        }
        Some(owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Owner = (TenantId::from_bits(1), AgentId::from_bits(2));
    const FIRST: LineId = LineId::from_bits(1);
    const SECOND: LineId = LineId::from_bits(2);
    const THIRD: LineId = LineId::from_bits(3);

    #[test]
    fn a_line_takes_the_place_of_another_only_once_it_stands() {
        let mut lines = Lines::default();
        assert_eq!(lines.begin(ANA, FIRST), None);
        assert_eq!(lines.open(FIRST), Some((ANA, None)));
        assert_eq!(lines.begin(ANA, SECOND), None);
        assert_eq!(lines.begin(ANA, THIRD), Some(SECOND));
        assert_eq!(lines.of(ANA).open, Some(FIRST));
        assert_eq!(lines.open(SECOND), None, "its opening was ended");
        assert_eq!(lines.open(THIRD), Some((ANA, Some(FIRST))));
        assert_eq!(lines.end(FIRST), None);
        assert_eq!(lines.end(THIRD), Some(ANA));
        assert!(lines.of_agent.is_empty() && lines.owners.is_empty());
    }
}
