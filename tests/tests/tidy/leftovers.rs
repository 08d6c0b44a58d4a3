//! What must not be left behind.

use super::sources::{Fault, Source, check, root};

/// Faults for every line of code in which one of the patterns stands. Patterns are written in two parts lest this file
/// finds itself.
fn lines_with(kinds: &[&str], patterns: &[(&str, &str)]) -> Vec<Fault> {
    let patterns: Vec<String> = patterns
        .iter()
        .map(|(head, tail)| format!("{head}{tail}"))
        .collect();
    let mut faults = Vec::new();
    for source in Source::all()
        .iter()
        .filter(|source| kinds.contains(&source.kind()))
    {
        for (number, line) in source.lines() {
            faults.extend(
                patterns
                    .iter()
                    .filter(|one| has_word(line, one))
                    .map(|one| source.fault(number, one)),
            );
        }
    }
    faults
}

/// Whether a pattern stands in a line and does not begin in the middle of a word.
fn has_word(line: &str, pattern: &str) -> bool {
    line.match_indices(pattern).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !pattern.starts_with(char::is_alphanumeric)
            || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn nothing_is_left_to_do() {
    let words = [
        ("TO", "DO"),
        ("FIX", "ME"),
        ("XX", "X"),
        ("HA", "CK"),
        ("todo", "!("),
        ("unimplemented", "!("),
    ];
    check(
        "nothing left to do",
        &lines_with(&["rs", "ts", "tsx", "mjs", "sql", "toml", "css"], &words),
    );
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    check(
        "no allowed lints",
        &lines_with(&["rs"], &[("#[all", "ow("), ("#![all", "ow(")]),
    );
}

#[test]
fn no_test_is_ignored() {
    let skips = [
        ("#[ign", "ore"),
        ("it.sk", "ip("),
        ("test.sk", "ip("),
        ("describe.sk", "ip("),
        ("it.on", "ly("),
        ("test.on", "ly("),
        ("describe.on", "ly("),
    ];
    check("no ignored tests", &lines_with(&["rs", "ts", "tsx"], &skips));
}

#[test]
fn tests_wait_for_what_happens_and_never_sleep() {
    let sleeps = [format!("sle{}", "ep("), format!("waitFor{}", "Timeout(")];
    let mut faults = Vec::new();
    for source in Source::all()
        .iter()
        .filter(|source| ["rs", "ts", "tsx", "mjs"].contains(&source.kind()))
    {
        let lines = source
            .test_lines()
            .filter(|(_, line)| sleeps.iter().any(|one| has_word(line, one)));
        faults.extend(
            lines.map(|(number, _)| source.fault(number, "waits for the clock, not for what it tests")),
        );
    }
    check("no sleep in tests", &faults);
}

#[test]
fn no_path_of_one_machine() {
    let this = root().to_str().unwrap().to_owned() + "/";
    let homes = [
        format!("/ro{}", "ot/"),
        format!("/ho{}", "me/"),
        format!("/Us{}", "ers/"),
        this,
    ];
    let mut faults = Vec::new();
    for source in &Source::all() {
        for (number, line) in source.lines() {
            let found = homes.iter().find(|home| line.contains(*home));
            faults.extend(found.map(|home| source.fault(number, format!("names {home}"))));
        }
    }
    check("no path of one machine", &faults);
}
