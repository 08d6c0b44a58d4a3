//! Stories in the domain's words, with their transcripts: `tests/scenarios/*.txt` and `*.out`.
//!
//! `UPDATE_EXPECT=1 cargo test -p tests --test scenarios` writes the transcripts anew; read the difference.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests may panic, and say what they did"
)]

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use tests::logged_errors;

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut stories: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    stories.sort();
    stories
}

#[test]
fn every_story_goes_as_its_transcript_says() {
    let stories = stories();
    assert!(!stories.is_empty());
    for path in stories {
        let story = fs::read_to_string(&path).unwrap();
        let (transcript, logged) = logged_errors::collect(|| sim::scenario::play(&story));
        let transcript = transcript.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!transcript.contains("FAULT"), "{}:\n{transcript}", path.display());
        assert!(logged.is_empty(), "{}: {logged:?}", path.display());
        expect_file![path.with_extension("out")].assert_eq(&transcript);
    }
}

#[test]
fn days_of_any_kind_leave_nothing_stuck() {
    let mut crashes_count = 0;
    for seed in 1..=8 {
        let (outcome, logged) = logged_errors::collect(|| sim::random::run(seed, 2));
        let outcome = outcome.unwrap();
        crashes_count += outcome.crashes_count;
        println!(
            "seed {seed}: {} events, {} contacts, {} answered, {} crashes",
            outcome.events_count, outcome.completed_count, outcome.answered_count, outcome.crashes_count
        );
        assert!(
            outcome.faults.is_empty(),
            "{}\n{}",
            outcome.trail.join("\n"),
            outcome.faults.join("\n")
        );
        assert!(logged.is_empty(), "seed {seed}: {logged:?}");
        assert!(outcome.answered_count > 10, "seed {seed} tries too little");
        assert!(outcome.outbound_count > 10, "seed {seed} calls too few");
    }
    assert!(crashes_count > 2, "too few crashes to tell");
}

#[test]
fn the_same_seed_makes_the_same_day() {
    assert_eq!(sim::random::run(7, 1), sim::random::run(7, 1));
}

#[test]
fn what_is_logged_as_an_error_is_heard() {
    let ((), logged) = logged_errors::collect(|| {
        tracing::warn!("not this");
        tracing::error!(contact.id = 7, "lost");
    });
    assert_eq!(logged, ["message: lost, contact.id: 7"]);
}
