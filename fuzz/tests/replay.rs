//! Replays the corpus of every target, and mutations of it from a fixed seed.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;

use fuzz::mutate::mutate;
use fuzz::{TARGETS, Target};
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

/// Mutations per corpus entry; `FUZZ_ROUNDS` asks for more, `FUZZ_SEED` for others.
const ROUNDS: u64 = 100;

#[test]
fn every_folder_of_the_corpus_is_a_target() {
    let mut folders: Vec<_> = names(corpus());
    folders.sort();
    let targets: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(folders, targets);
}

#[test]
fn the_corpus_holds() {
    for target in TARGETS {
        let entries = entries(target);
        assert!(!entries.is_empty(), "{} has a corpus", target.name);
        for (file, input) in &entries {
            assert!(
                catch_unwind(|| (target.run)(input)).is_ok(),
                "{} breaks on {file}",
                target.name
            );
        }
    }
}

#[test]
fn mutations_of_the_corpus_hold() {
    let rounds = variable("FUZZ_ROUNDS").unwrap_or(ROUNDS);
    let seed = variable("FUZZ_SEED").unwrap_or(1);
    for target in TARGETS {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let inputs: Vec<_> = entries(target).into_values().collect();
        for input in &inputs {
            for _ in 0..rounds {
                let other = inputs.choose(&mut rng).unwrap();
                let mutation = mutate(input, other, &mut rng);
                let held = catch_unwind(|| (target.run)(&mutation)).is_ok();
                assert!(
                    held,
                    "seed {seed}: {} breaks on {:?}",
                    target.name,
                    mutation.escape_ascii().to_string()
                );
            }
        }
    }
}

fn entries(target: &Target) -> BTreeMap<String, Vec<u8>> {
    let folder = corpus().join(target.name);
    let read = |file: String| (file.clone(), fs::read(folder.join(file)).unwrap());
    names(folder.clone()).into_iter().map(read).collect()
}

fn names(folder: PathBuf) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn corpus() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "corpus"].iter().collect()
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
