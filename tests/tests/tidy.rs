//! The habits that a reader would otherwise have to point out in every review.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod tidy {
    mod documents;
    mod exceptions;
    mod functions;
    mod leftovers;
    mod lines;
    mod names;
    mod sources;
}
