//! The flow document.

use std::collections::BTreeMap;

use model::{HoursId, QueueId};
use serde::{Deserialize, Serialize};

use crate::limits;

/// A contact flow as it is stored and published: blocks by name, and the one it starts with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The version of this language; 1.
    pub version: u32,
    /// The block that is entered first.
    pub start: String,
    /// The blocks by name.
    pub blocks: BTreeMap<String, Block>,
}

/// The text is not a flow document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It is not JSON of the expected shape.
    #[error("the flow is not a valid document")]
    Malformed(#[source] serde_json::Error),
    /// It is too large.
    #[error("the flow is larger than {} KiB", limits::DOCUMENT_BYTES_MAX / 1024)]
    TooLarge,
    /// It has another version than this release knows.
    #[error("the flow has version {0}, this release knows version 1")]
    UnknownVersion(u32),
}

/// One step of a flow. Each exit names the block that comes next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// Goes on by the hours of operation.
    CheckHours {
        /// The hours.
        hours: HoursId,
        /// When open.
        open: String,
        /// When closed.
        closed: String,
    },
    /// Ends the contact.
    Disconnect {},
    /// Plays prompts and waits for one key.
    GetDigit {
        /// Prompts, in order.
        prompts: Vec<String>,
        /// How long to wait for a key after the prompts, in seconds.
        timeout_s: u32,
        /// The exit of each key.
        digits: BTreeMap<char, String>,
        /// When no key was pressed.
        timeout: String,
        /// When another key was pressed.
        invalid: String,
    },
    /// Plays prompts.
    PlayPrompt {
        /// Prompts, in order.
        prompts: Vec<String>,
        /// When they were heard.
        next: String,
    },
    /// Gives the contact to a queue. The flow ends there.
    TransferToQueue {
        /// The queue.
        queue: QueueId,
        /// 1 is the highest, 5 the default.
        #[serde(default = "default_priority")]
        priority: u8,
        /// When the queue has no room.
        at_capacity: String,
    },
}

const fn default_priority() -> u8 {
    5
}

/// The way out of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The queue had no room.
    AtCapacity,
    /// The hours say closed.
    Closed,
    /// A key was pressed.
    Digit(char),
    /// The block did its work.
    Next,
    /// The hours say open.
    Open,
    /// Nothing was pressed in time.
    Timeout,
}

impl Block {
    /// The block that an exit leads to; none if the block has no such exit.
    #[must_use]
    pub fn exit(&self, exit: Exit) -> Option<&str> {
        match (self, exit) {
            (Self::CheckHours { open, .. }, Exit::Open) => Some(open),
            (Self::CheckHours { closed, .. }, Exit::Closed) => Some(closed),
            (Self::GetDigit { digits, invalid, .. }, Exit::Digit(digit)) => {
                Some(digits.get(&digit).unwrap_or(invalid))
            }
            (Self::GetDigit { timeout, .. }, Exit::Timeout) => Some(timeout),
            (Self::PlayPrompt { next, .. }, Exit::Next) => Some(next),
            (Self::TransferToQueue { at_capacity, .. }, Exit::AtCapacity) => Some(at_capacity),
            (
                Self::CheckHours { .. }
                | Self::Disconnect {}
                | Self::GetDigit { .. }
                | Self::PlayPrompt { .. }
                | Self::TransferToQueue { .. },
                _,
            ) => None,
        }
    }

    /// All exits with their labels.
    #[must_use]
    pub fn exits(&self) -> Vec<(String, &str)> {
        match self {
            Self::CheckHours { open, closed, .. } => vec![("open".into(), open), ("closed".into(), closed)],
            Self::Disconnect {} => Vec::new(),
            Self::GetDigit {
                digits,
                timeout,
                invalid,
                ..
            } => digits
                .iter()
                .map(|(digit, next)| (digit.to_string(), next.as_str()))
                .chain([
                    ("timeout".into(), timeout.as_str()),
                    ("invalid".into(), invalid.as_str()),
                ])
                .collect(),
            Self::PlayPrompt { next, .. } => vec![("next".into(), next)],
            Self::TransferToQueue { at_capacity, .. } => vec![("at_capacity".into(), at_capacity)],
        }
    }

    /// The prompts it plays.
    #[must_use]
    pub fn prompts(&self) -> &[String] {
        match self {
            Self::GetDigit { prompts, .. } | Self::PlayPrompt { prompts, .. } => prompts,
            Self::CheckHours { .. } | Self::Disconnect {} | Self::TransferToQueue { .. } => &[],
        }
    }
}

impl Document {
    /// Reads a document. What it says is checked by [`crate::validate`].
    ///
    /// # Errors
    /// When the text is too large, not of the expected shape, or of another version.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.len() > limits::DOCUMENT_BYTES_MAX {
            return Err(DocumentError::TooLarge);
        }
        let document: Self = serde_json::from_str(text).map_err(DocumentError::Malformed)?;
        if document.version != 1 {
            return Err(DocumentError::UnknownVersion(document.version));
        }
        Ok(document)
    }

    /// Writes the document as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("keys of a document are text")
    }
}
