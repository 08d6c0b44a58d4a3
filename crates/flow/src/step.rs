//! The interpreter.

use model::{HoursId, QueueId};

use crate::document::{Block, Document, Exit};
use crate::limits;

/// What the interpreter has to know of the world. Asked while it walks, so that each answer is as fresh as it can be.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Whether the hours of operation say open.
    pub is_open: &'a dyn Fn(HoursId) -> bool,
    /// Whether one more contact may wait in the queue.
    pub has_room: &'a dyn Fn(QueueId) -> bool,
}

/// Where a flow went in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The blocks entered, in order; the last is where the contact stands now.
    pub entered: Vec<String>,
    /// What has to happen next.
    pub action: Action,
}

/// What a flow asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// End the contact.
    Disconnect,
    /// The flow cannot go on.
    Fail(Halt),
    /// Play prompts, wait for a key, then take the exit `Digit` or `Timeout`.
    GetDigit {
        /// Prompts, in order.
        prompts: Vec<String>,
        /// How long to wait for a key after the prompts, in seconds.
        timeout_s: u32,
    },
    /// Play prompts, then take the exit `Next`.
    Play {
        /// Prompts, in order.
        prompts: Vec<String>,
    },
    /// Give the contact to a queue; the flow ends.
    TransferToQueue {
        /// The queue.
        queue: QueueId,
        /// 1 is the highest.
        priority: u8,
    },
}

/// Why a flow cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// The block does not exist.
    #[error("the flow leads to the block `{0}`, which does not exist")]
    NoSuchBlock(String),
    /// The block has no such exit.
    #[error("the block `{0}` has no such exit")]
    NoSuchExit(String),
    /// It went through too many blocks without waiting.
    #[error("the flow goes in a circle")]
    Circle,
}

/// Begins a flow.
#[must_use]
pub fn begin(document: &Document, facts: Facts<'_>) -> Step {
    walk(document, document.start.clone(), facts)
}

/// Leaves the block the contact stands in.
#[must_use]
pub fn take_exit(document: &Document, block: &str, exit: Exit, facts: Facts<'_>) -> Step {
    let Some(standing_in) = document.blocks.get(block) else {
        return fail(Vec::new(), Halt::NoSuchBlock(block.to_owned()));
    };
    match standing_in.exit(exit) {
        Some(next) => walk(document, next.to_owned(), facts),
        None => fail(Vec::new(), Halt::NoSuchExit(block.to_owned())),
    }
}

fn walk(document: &Document, first: String, facts: Facts<'_>) -> Step {
    let mut entered = Vec::new();
    let mut name = first;
    while entered.len() < limits::STEPS_WITHOUT_WAITING_MAX {
        let Some(block) = document.blocks.get(&name) else {
            return fail(entered, Halt::NoSuchBlock(name));
        };
        entered.push(name);
        match enter(block, facts) {
            Entered::Waits(action) => return Step { entered, action },
            Entered::GoesTo(next) => name = next.to_owned(),
        }
    }
    fail(entered, Halt::Circle)
}

enum Entered<'a> {
    GoesTo(&'a str),
    Waits(Action),
}

fn enter<'a>(block: &'a Block, facts: Facts<'_>) -> Entered<'a> {
    match block {
        Block::CheckHours { hours, open, closed } => {
            Entered::GoesTo(if (facts.is_open)(*hours) { open } else { closed })
        }
        Block::Disconnect {} => Entered::Waits(Action::Disconnect),
        Block::GetDigit {
            prompts, timeout_s, ..
        } => Entered::Waits(Action::GetDigit {
            prompts: prompts.clone(),
            timeout_s: *timeout_s,
        }),
        Block::PlayPrompt { prompts, .. } => Entered::Waits(Action::Play {
            prompts: prompts.clone(),
        }),
        Block::TransferToQueue {
            queue,
            priority,
            at_capacity,
        } => {
            if (facts.has_room)(*queue) {
                Entered::Waits(Action::TransferToQueue {
                    queue: *queue,
                    priority: *priority,
                })
            } else {
                Entered::GoesTo(at_capacity)
            }
        }
    }
}

fn fail(entered: Vec<String>, halt: Halt) -> Step {
    Step {
        entered,
        action: Action::Fail(halt),
    }
}
