//! What a flow may not exceed, and why.

/// A document larger than this is refused: it would be megabytes of text that nobody designed by hand.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// Blocks of one document.
pub const BLOCKS_MAX: usize = 500;

/// Prompts of one block.
pub const PROMPTS_PER_BLOCK_MAX: usize = 20;

/// Blocks gone through without waiting for anything: more is a circle.
pub const STEPS_WITHOUT_WAITING_MAX: usize = 100;

/// Blocks that one contact may enter in its life: a caller who presses keys for an hour stays far below.
pub const STEPS_PER_CONTACT_MAX: u32 = 2_000;
