//! Offhook is Apache-2.0; everything it is built from must let it be that.

use super::metadata::Workspace;

/// Licences that ask for no more than their notice to be kept, or for nothing.
const PERMISSIVE: &[(&str, &str)] = &[
    ("0BSD", "asks for nothing"),
    ("Apache-2.0", "our own"),
    ("BSD-2-Clause", "keep the notice"),
    ("BSD-3-Clause", "keep the notice, do not advertise with the names"),
    ("BSL-1.0", "keep the notice in source form"),
    ("CC0-1.0", "asks for nothing"),
    (
        "CDLA-Permissive-2.0",
        "data: keep the text; the certificate roots come under it",
    ),
    ("ISC", "keep the notice"),
    ("MIT", "keep the notice"),
    ("MIT-0", "asks for nothing"),
    ("Unicode-3.0", "data and code of Unicode: keep the notice"),
    ("Unlicense", "asks for nothing"),
    ("Zlib", "do not claim it as yours"),
];

#[test]
fn every_third_party_is_permissive() {
    let workspace = Workspace::read();
    let strict = workspace
        .third_parties()
        .filter(|package| !is_permissive(&package.licence));
    let strict: Vec<String> = strict
        .map(|package| format!("{} {}: `{}`", package.name, package.version, package.licence))
        .collect();
    assert!(
        strict.is_empty(),
        "not known to be permissive:\n{}",
        strict.join("\n")
    );
}

#[test]
fn licence_expressions_are_weighed() {
    for (expression, expected) in [
        ("MIT", true),
        ("MIT/Apache-2.0", true),
        ("Apache-2.0 WITH LLVM-exception OR MIT", true),
        ("GPL-3.0-only OR MIT", true),
        ("GPL-3.0-only AND MIT", false),
        ("(MIT OR GPL-3.0-only) AND ISC", true),
        ("MIT AND (GPL-3.0-only OR LGPL-3.0-only)", false),
        ("MPL-2.0", false),
        ("", false),
    ] {
        assert_eq!(is_permissive(expression), expected, "{expression}");
    }
}

/// Whether an SPDX expression, or the older form with `/`, leaves a permissive choice. What it cannot read is not.
fn is_permissive(expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any_of(&mut rest) && rest.is_empty()
}

fn any_of(words: &mut &[&str]) -> bool {
    let mut verdict = all_of(words);
    while let [first, rest @ ..] = *words
        && *first == "OR"
    {
        *words = rest;
        verdict |= all_of(words);
    }
    verdict
}

fn all_of(words: &mut &[&str]) -> bool {
    let mut verdict = one(words);
    while let [first, rest @ ..] = *words
        && *first == "AND"
    {
        *words = rest;
        verdict &= one(words);
    }
    verdict
}

fn one(words: &mut &[&str]) -> bool {
    let [first, rest @ ..] = *words else { return false };
    *words = rest;
    if *first == "(" {
        let verdict = any_of(words);
        let closed = words.first() == Some(&")");
        *words = words.get(1..).unwrap_or_default();
        return verdict && closed;
    }
    // An exception only ever gives more rights.
    if let ["WITH", _exception, rest @ ..] = *words {
        *words = rest;
    }
    PERMISSIVE.iter().any(|(licence, _)| licence == first)
}
