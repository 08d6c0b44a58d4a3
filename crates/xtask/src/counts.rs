//! How many tests passed and failed, read from what the test runners print.

use std::fmt;
use std::ops::AddAssign;

/// Tests that passed and tests that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Counts {
    /// One check that held or did not.
    pub(crate) fn of_check(held: bool) -> Self {
        Self {
            passed: u64::from(held),
            failed: u64::from(!held),
        }
    }

    /// Whether something ran and nothing failed.
    pub(crate) fn is_good(self) -> bool {
        self.passed > 0 && self.failed == 0
    }

    /// What a line of `cargo test` counts: `test result: ok. 5 passed; 0 failed; …`.
    pub(crate) fn in_cargo_line(line: &str) -> Option<Self> {
        let (_verdict, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
        Some(
            numbers
                .split(';')
                .filter_map(Self::of_entry)
                .fold(Self::default(), Self::plus),
        )
    }

    /// What a line of the web's test runners counts: Vitest's `Tests  1 failed | 2 passed (3)`, a closing line of
    /// Playwright, `2 passed (10.7s)`, or the plain `web: 2 passed, 1 failed`.
    pub(crate) fn in_web_line(line: &str) -> Option<Self> {
        let line = line.trim();
        let line = line.split(" (").next().unwrap_or(line);
        if let Some(numbers) = line.strip_prefix("Tests  ") {
            return Some(
                numbers
                    .split('|')
                    .filter_map(Self::of_entry)
                    .fold(Self::default(), Self::plus),
            );
        }
        let numbers = line.strip_prefix("web: ").unwrap_or(line);
        let entries: Option<Vec<Self>> = numbers.split(", ").map(Self::of_entry).collect();
        Some(entries?.into_iter().fold(Self::default(), Self::plus))
    }

    /// An entry such as `3 passed`.
    fn of_entry(entry: &str) -> Option<Self> {
        let (number, word) = entry.trim().split_once(' ')?;
        let number = number.parse().ok()?;
        match word {
            "passed" => Some(Self {
                passed: number,
                failed: 0,
            }),
            // What passes only now and then does not hold, and what did not run proves nothing.
            "failed" | "flaky" | "interrupted" | "did not run" => Some(Self {
                passed: 0,
                failed: number,
            }),
            _ => None,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        *self = self.plus(other);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn counts(passed: u64, failed: u64) -> Option<Counts> {
        Some(Counts { passed, failed })
    }

    #[test]
    fn results_of_cargo_are_counted() {
        for (line, expected) in [
            (
                "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.02s",
                counts(5, 0),
            ),
            (
                "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out",
                counts(2, 3),
            ),
            ("running 5 tests", None),
            ("test routing::longest_idle_agent_is_offered_first ... ok", None),
        ] {
            assert_eq!(Counts::in_cargo_line(line), expected, "{line}");
        }
    }

    #[test]
    fn results_of_the_web_are_counted() {
        for (line, expected) in [
            ("      Tests  3 passed (3)", counts(3, 0)),
            ("      Tests  1 failed | 5 passed | 1 skipped (7)", counts(5, 1)),
            (" Test Files  2 passed (2)", None),
            ("  2 passed (10.7s)", counts(2, 0)),
            ("  1 failed", counts(0, 1)),
            ("  1 flaky", counts(0, 1)),
            ("  4 skipped", None),
            ("web: 4 passed, 1 failed", counts(4, 1)),
            ("Running 2 tests using 1 worker", None),
        ] {
            assert_eq!(Counts::in_web_line(line), expected, "{line}");
        }
    }

    #[test]
    fn nothing_that_ran_is_not_good() {
        assert!(!Counts::default().is_good());
    }
}
