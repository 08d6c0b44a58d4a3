//! Where a rule does not hold, and why. An exception that nothing needs any more fails the test of its rule.

/// One file that may break one rule.
pub(super) struct Exception {
    pub(super) rule: &'static str,
    pub(super) path: &'static str,
    #[expect(dead_code, reason = "for the reader")]
    pub(super) reason: &'static str,
}

pub(super) const EXCEPTIONS: &[Exception] = &[Exception {
    rule: "telling names",
    path: "crates/sip/src/core.rs",
    reason: "the user agent core is what RFC 3261 calls this layer",
}];
