//! The laws that a compiler does not hold: which crate may depend on which, what a pure crate must not reach,
//! whose work we take in and under which licence.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod architecture {
    mod duplicates;
    mod edges;
    mod licences;
    mod metadata;
    mod purity;
}
