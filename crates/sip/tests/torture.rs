//! Messages made to break parsers: RFC 4475, RFC 5118, and a set of our own that attacks memory,
//! integers, framing and trust. Each folder of `data` has an `index.tsv` that says in words what is
//! to happen; the tables here say it in verdicts, and name every file of the index.

#![expect(clippy::unwrap_used, reason = "tests may panic")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test names what it wants, not the rest"
)]

#[path = "torture/fixtures.rs"]
mod fixtures;
#[path = "torture/hardening.rs"]
mod hardening;
#[path = "torture/rfc4475.rs"]
mod rfc4475;
#[path = "torture/rfc5118.rs"]
mod rfc5118;
#[path = "torture/verdict.rs"]
mod verdict;
