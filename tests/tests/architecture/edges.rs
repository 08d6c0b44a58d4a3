//! Which of our crates may depend on which.

use std::collections::{BTreeMap, BTreeSet};

use super::metadata::Workspace;

/// What one crate may depend on.
struct Row {
    /// What it depends on: an edge that is gone from the manifest goes from here too.
    uses: &'static [&'static str],
    /// What it may come to depend on.
    later: &'static [&'static str],
}

const fn uses(uses: &'static [&'static str]) -> Row {
    Row { uses, later: &[] }
}

impl Row {
    const fn later(self, later: &'static [&'static str]) -> Self {
        Self { later, ..self }
    }
}

/// The map. `server` joins everything; of the others only tests see `sim`.
const ROWS: &[(&str, Row)] = &[
    ("model", uses(&[])),
    ("presence", uses(&["model"])),
    ("flow", uses(&["model"])),
    ("routing", uses(&["model"])),
    ("engine", uses(&["model", "presence", "flow", "routing"])),
    ("metering", uses(&["model"])),
    ("sip", uses(&[])),
    ("media", uses(&[])),
    ("leg", uses(&["model", "sip", "media"])),
    ("relay", uses(&["media"])),
    (
        "sim",
        uses(&["model", "presence", "flow", "engine", "metering"]).later(PURE),
    ),
    ("store", uses(&["model"])),
    (
        "api",
        uses(&["model", "flow", "store"]).later(&["routing", "metering"]),
    ),
    ("console", uses(&[])),
    (
        "server",
        uses(&[
            "model", "engine", "metering", "sip", "media", "leg", "relay", "store", "api", "console",
        ])
        .later(EVERYTHING),
    ),
    ("xtask", uses(&[])),
    ("fuzz", uses(&["flow", "media", "sip"]).later(&["model", "api"])),
    ("tests", uses(&["media", "sim"]).later(EVERYTHING)),
];

const PURE: &[&str] = &[
    "model", "presence", "flow", "routing", "engine", "metering", "sip", "media", "leg",
];

const EVERYTHING: &[&str] = &[
    "model", "presence", "flow", "routing", "engine", "metering", "sip", "media", "leg", "relay", "store",
    "api", "console", "sim",
];

/// What a crate's own tests may use beyond its row, and why.
const IN_TESTS: &[(&str, &[&str], &str)] = &[(
    "tests",
    &[
        "model", "presence", "flow", "routing", "engine", "metering", "sip", "media", "leg", "relay",
        "store", "api", "console", "sim", "server",
    ],
    "tests that cross crates stand here",
)];

#[test]
fn crates_depend_only_on_what_the_map_allows() {
    let rows: BTreeMap<&str, &Row> = ROWS.iter().map(|(name, row)| (*name, row)).collect();
    let workspace = Workspace::read();
    let ours: BTreeSet<&str> = workspace.ours().map(|package| package.name.as_str()).collect();
    let mut faults = Vec::new();
    for package in workspace.ours() {
        let name = package.name.as_str();
        let Some(row) = rows.get(name) else {
            faults.push(format!("{name} has no row in the map"));
            continue;
        };
        let allowed: BTreeSet<&str> = row.uses.iter().chain(row.later).copied().collect();
        let actual = package
            .dependencies
            .iter()
            .map(String::as_str)
            .filter(|one| ours.contains(one));
        let actual: BTreeSet<&str> = actual.collect();
        faults.extend(
            actual
                .difference(&allowed)
                .map(|other| format!("{name} must not depend on {other}")),
        );
        for other in row.uses.iter().filter(|other| !actual.contains(*other)) {
            faults.push(format!(
                "{name} no longer depends on {other}: take the edge from the map"
            ));
        }
        let in_tests = IN_TESTS
            .iter()
            .filter(|(who, _, _)| *who == name)
            .flat_map(|(_, others, _)| *others);
        let allowed_in_tests: BTreeSet<&str> = allowed.into_iter().chain(in_tests.copied()).collect();
        let dev = package
            .dev_dependencies
            .iter()
            .map(String::as_str)
            .filter(|one| ours.contains(one));
        for other in dev.filter(|one| !allowed_in_tests.contains(one) && *one != name) {
            faults.push(format!("the tests of {name} must not depend on {other}"));
        }
    }
    faults.extend(
        rows.keys()
            .filter(|name| !ours.contains(*name))
            .map(|name| format!("there is no crate {name}")),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
