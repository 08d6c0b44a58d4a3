//! The files the tests read.

use std::fs;
use std::path::PathBuf;

/// Reads one file of a folder of `data`.
#[expect(
    clippy::disallowed_methods,
    reason = "fixtures are files; the crate itself reads none"
)]
pub(crate) fn read(folder: &str, file: &str) -> Vec<u8> {
    fs::read(data(folder).join(file)).unwrap()
}

/// Names the files that the index of a folder lists.
pub(crate) fn indexed(folder: &str) -> Vec<String> {
    let index = String::from_utf8(read(folder, "index.tsv")).unwrap();
    index
        .lines()
        .skip(1)
        .map(|line| line.split('\t').next().unwrap().to_owned())
        .collect()
}

/// Reads all messages of all folders with their places, such as `rfc4475/wsinv.dat`.
pub(crate) fn all() -> Vec<(String, Vec<u8>)> {
    let mut messages = Vec::new();
    for folder in ["rfc4475", "rfc5118", "hardening"] {
        for file in indexed(folder) {
            messages.push((format!("{folder}/{file}"), read(folder, &file)));
        }
    }
    messages
}

fn data(folder: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", folder]
        .iter()
        .collect()
}
