//! A crate in two versions costs build time and makes types that look alike and are not: each one has its reason.

use std::collections::{BTreeMap, BTreeSet};

use super::metadata::Workspace;

/// One reason a line, then a colon and the crates it explains.
const KNOWN: &str = include_str!("../../duplicates.txt");

#[test]
fn every_crate_kept_in_two_versions_has_a_reason() {
    let workspace = Workspace::read();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in workspace.third_parties() {
        versions
            .entry(&package.name)
            .or_default()
            .insert(&package.version);
    }
    let doubled = versions.iter().filter(|(_, versions)| versions.len() > 1);
    let known: BTreeSet<&str> = KNOWN
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .flat_map(|line| {
            line.rsplit_once(": ")
                .expect("a reason, a colon, names")
                .1
                .split(' ')
        })
        .collect();
    let mut faults = Vec::new();
    for (name, versions) in doubled.clone().filter(|(name, _)| !known.contains(*name)) {
        let versions: Vec<&str> = versions.iter().copied().collect();
        faults.push(format!(
            "{name} comes as {}: `cargo tree -i {name}@VERSION` says why",
            versions.join(" and ")
        ));
    }
    let doubled: BTreeSet<&str> = doubled.map(|(name, _)| *name).collect();
    faults.extend(
        known
            .difference(&doubled)
            .map(|name| format!("{name} comes once only: take it from the list")),
    );
    assert!(faults.is_empty(), "tests/duplicates.txt:\n{}", faults.join("\n"));
}
