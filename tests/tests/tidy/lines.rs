//! Files and lines that fit a reader.

use super::sources::{Fault, Source, check};

const LONGEST_FILE: usize = 800;
/// From here on a file likely holds a second noun: it goes on the list of exceptions, which is to shrink.
const LONG_FILE: usize = 500;
const COLUMNS: usize = 140;

#[test]
fn no_file_is_longer_than_800_lines() {
    check("800 lines a file", &files_longer_than(LONGEST_FILE));
}

#[test]
fn files_over_500_lines_are_known() {
    check("500 lines a file", &files_longer_than(LONG_FILE));
}

#[test]
fn lines_fit_140_columns() {
    let sources = Source::all();
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| is_measured(source)) {
        for (number, line) in source.lines() {
            let columns = line.chars().count();
            if columns > COLUMNS && !is_unbreakable(line) {
                faults.push(source.fault(number, format!("{columns} columns")));
            }
        }
    }
    check("140 columns", &faults);
}

fn files_longer_than(limit: usize) -> Vec<Fault> {
    let sources = Source::all();
    let code = sources.iter().filter(|source| source.is_code());
    code.map(|source| (source, source.text.lines().count()))
        .filter(|(_, count)| *count > limit)
        .map(|(source, count)| source.fault(count, format!("{count} lines: look for the second noun in it")))
        .collect()
}

/// Prose is wrapped by the reader's editor, and TOML's inline tables, of which a manifest is made, cannot be broken.
fn is_measured(source: &Source) -> bool {
    !["html", "md"].contains(&source.kind()) && !source.path.ends_with("Cargo.toml")
}

/// Addresses, and data in a string: a message of a protocol is quoted as it is on the wire.
fn is_unbreakable(line: &str) -> bool {
    const QUOTES: [char; 3] = ['"', '`', '\''];
    let line = line.trim();
    line.contains("https://")
        || line.starts_with(QUOTES) && line.trim_end_matches([',', ';', ')']).ends_with(QUOTES)
}
