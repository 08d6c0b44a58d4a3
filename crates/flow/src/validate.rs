//! What is wrong with a document, said so that its designer can mend it.

use std::collections::BTreeSet;

use model::{HoursId, QueueId};

use crate::document::{Block, Document};
use crate::limits;

/// What a document may refer to.
#[derive(Clone, Copy)]
pub struct References<'a> {
    /// Whether there are such hours of operation.
    pub has_hours: &'a dyn Fn(HoursId) -> bool,
    /// Whether there is such a prompt.
    pub has_prompt: &'a dyn Fn(&str) -> bool,
    /// Whether there is such a queue.
    pub has_queue: &'a dyn Fn(QueueId) -> bool,
}

/// One thing wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Blocks that wait for nothing lead back to themselves.
    #[error("block `{block}`: the blocks from here lead back here without waiting for anything")]
    Circle {
        /// The block.
        block: String,
    },
    /// An exit leads nowhere.
    #[error("block `{block}`: its exit `{exit}` leads to `{target}`, which does not exist")]
    DanglingExit {
        /// The block.
        block: String,
        /// The exit.
        exit: String,
        /// Where it should lead.
        target: String,
    },
    /// A number is out of its range.
    #[error("block `{block}`: {what}")]
    OutOfRange {
        /// The block.
        block: String,
        /// What the range is.
        what: &'static str,
    },
    /// The start does not exist.
    #[error("the flow starts with `{0}`, which does not exist")]
    NoStart(String),
    /// Too many blocks.
    #[error("the flow has more than {} blocks", limits::BLOCKS_MAX)]
    TooManyBlocks,
    /// It refers to hours that do not exist.
    #[error("block `{block}`: the hours of operation {hours} do not exist")]
    UnknownHours {
        /// The block.
        block: String,
        /// The hours.
        hours: HoursId,
    },
    /// It refers to a prompt that does not exist.
    #[error("block `{block}`: the prompt `{prompt}` does not exist")]
    UnknownPrompt {
        /// The block.
        block: String,
        /// The prompt.
        prompt: String,
    },
    /// It refers to a queue that does not exist.
    #[error("block `{block}`: the queue {queue} does not exist")]
    UnknownQueue {
        /// The block.
        block: String,
        /// The queue.
        queue: QueueId,
    },
    /// Nothing leads to it.
    #[error("block `{block}`: nothing leads to it")]
    Unreachable {
        /// The block.
        block: String,
    },
}

/// Everything wrong with a document, in the order of its blocks; empty when it may be published.
#[must_use]
pub fn validate(document: &Document, references: References<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if document.blocks.len() > limits::BLOCKS_MAX {
        return vec![Problem::TooManyBlocks];
    }
    if !document.blocks.contains_key(&document.start) {
        problems.push(Problem::NoStart(document.start.clone()));
    }
    let reached = reach(document, &document.start, |_| true);
    for (name, block) in &document.blocks {
        check_exits(document, name, block, &mut problems);
        check_references(name, block, references, &mut problems);
        check_ranges(name, block, &mut problems);
        if !reached.contains(name.as_str()) {
            problems.push(Problem::Unreachable { block: name.clone() });
        }
        if !waits(block) && leads_back(document, name, block) {
            problems.push(Problem::Circle { block: name.clone() });
        }
    }
    problems
}

fn check_exits(document: &Document, name: &str, block: &Block, problems: &mut Vec<Problem>) {
    for (exit, target) in block.exits() {
        if !document.blocks.contains_key(target) {
            problems.push(Problem::DanglingExit {
                block: name.to_owned(),
                exit,
                target: target.to_owned(),
            });
        }
    }
}

fn check_references(name: &str, block: &Block, references: References<'_>, problems: &mut Vec<Problem>) {
    for prompt in block.prompts() {
        if !(references.has_prompt)(prompt) {
            problems.push(Problem::UnknownPrompt {
                block: name.to_owned(),
                prompt: prompt.clone(),
            });
        }
    }
    match block {
        Block::CheckHours { hours, .. } if !(references.has_hours)(*hours) => {
            problems.push(Problem::UnknownHours {
                block: name.to_owned(),
                hours: *hours,
            });
        }
        Block::TransferToQueue { queue, .. } if !(references.has_queue)(*queue) => {
            problems.push(Problem::UnknownQueue {
                block: name.to_owned(),
                queue: *queue,
            });
        }
        Block::CheckHours { .. }
        | Block::Disconnect {}
        | Block::GetDigit { .. }
        | Block::PlayPrompt { .. }
        | Block::TransferToQueue { .. } => {}
    }
}

fn check_ranges(name: &str, block: &Block, problems: &mut Vec<Problem>) {
    let mut out_of_range = |what| {
        problems.push(Problem::OutOfRange {
            block: name.to_owned(),
            what,
        })
    };
    if block.prompts().len() > limits::PROMPTS_PER_BLOCK_MAX {
        out_of_range("a block plays at most 20 prompts");
    }
    match block {
        Block::GetDigit {
            timeout_s, digits, ..
        } => {
            if !(1..=60).contains(timeout_s) {
                out_of_range("it waits for a key for 1 to 60 seconds");
            }
            if !digits.keys().all(|digit| matches!(digit, '0'..='9' | '*' | '#')) {
                out_of_range("keys are 0 to 9, * and #");
            }
        }
        Block::PlayPrompt { prompts, .. } if prompts.is_empty() => {
            out_of_range("it plays at least one prompt")
        }
        Block::TransferToQueue { priority, .. } if !(1..=9).contains(priority) => {
            out_of_range("priorities are 1 (highest) to 9");
        }
        Block::CheckHours { .. }
        | Block::Disconnect {}
        | Block::PlayPrompt { .. }
        | Block::TransferToQueue { .. } => {}
    }
}

/// Whether the contact stays in the block until something happens.
const fn waits(block: &Block) -> bool {
    match block {
        Block::Disconnect {} | Block::GetDigit { .. } | Block::PlayPrompt { .. } => true,
        Block::CheckHours { .. } | Block::TransferToQueue { .. } => false,
    }
}

fn leads_back(document: &Document, name: &str, block: &Block) -> bool {
    block
        .exits()
        .iter()
        .any(|(_, target)| *target == name || reach(document, target, |block| !waits(block)).contains(name))
}

/// The blocks reached from `start`, going on only through blocks that `through` holds for.
fn reach<'a>(document: &'a Document, start: &'a str, through: impl Fn(&Block) -> bool) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(name) = open.pop() {
        let Some(block) = document.blocks.get(name) else {
            continue;
        };
        if reached.insert(name) && through(block) {
            open.extend(block.exits().into_iter().map(|(_, target)| target));
        }
    }
    reached
}
