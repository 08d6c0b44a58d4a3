//! Documents that keep their promises.

use super::sources::{Fault, Source, check, root};

const SECTIONS_OF_AN_ADR: &[&str] = &[
    "Context",
    "Decision",
    "Consequences",
    "We would change our mind if",
];
const REQUIRED: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "docs/naming.md",
];

#[test]
fn the_documents_a_newcomer_looks_for_are_there() {
    let missing: Vec<&&str> = REQUIRED
        .iter()
        .filter(|path| !root().join(path).is_file())
        .collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
}

#[test]
fn every_adr_has_its_four_sections() {
    let mut faults = Vec::new();
    for source in Source::all()
        .iter()
        .filter(|source| source.path.starts_with("docs/adr/") && source.kind() == "md")
    {
        for section in SECTIONS_OF_AN_ADR {
            if !source
                .text
                .lines()
                .any(|line| line.strip_prefix("## ") == Some(section))
            {
                faults.push(source.fault(0, format!("has no section `## {section}`")));
            }
        }
    }
    check("four sections an ADR", &faults);
}

/// Everything the README asks a newcomer to type is one of our own commands; elsewhere those that are named exist.
#[test]
fn commands_in_documents_exist() {
    let commands = commands();
    let mut faults: Vec<Fault> = Vec::new();
    for source in Source::all().iter().filter(|source| source.kind() == "md") {
        let mut in_shell = false;
        for (number, line) in source.lines() {
            if line.starts_with("```") {
                in_shell = line == "```sh";
                continue;
            }
            let named = line
                .match_indices("cargo xtask ")
                .map(|(at, head)| &line[at + head.len()..]);
            for rest in named {
                let command = rest
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                    .next()
                    .unwrap();
                // Placeholders and options are no commands.
                if !command.is_empty() && !commands.contains(&command) && command != command.to_uppercase() {
                    faults.push(source.fault(number, format!("there is no `cargo xtask {command}`")));
                }
            }
            let is_ours = line.starts_with("cargo xtask ") || is_of_the_binary(line);
            if in_shell && source.path == "README.md" && !is_ours && !line.is_empty() {
                faults.push(source.fault(number, "is no command of ours"));
            }
        }
    }
    check("commands exist", &faults);
}

/// Whether the line calls the binary with one of its commands.
fn is_of_the_binary(line: &str) -> bool {
    const COMMANDS: &str = include_str!("../../../crates/server/src/main.rs");
    let Some(arguments) = line.strip_prefix("target/release/offhook ") else {
        return false;
    };
    let wanted = arguments.split(' ').next().unwrap_or_default().replace('-', "");
    let variants = COMMANDS
        .lines()
        .skip_while(|line| *line != "enum Command {")
        .take_while(|line| *line != "}")
        .filter_map(|line| line.strip_prefix("    ")?.strip_suffix([',', '{']));
    let mut names = variants.map(|variant| variant.trim().to_lowercase());
    names.any(|name| name == wanted)
}

/// The arms of the dispatch: `Some("run") => …`.
fn commands() -> Vec<&'static str> {
    const DISPATCH: &str = include_str!("../../../crates/xtask/src/main.rs");
    let arms = DISPATCH.lines().filter(|line| line.contains("=>"));
    let quoted = arms.filter_map(|line| line.trim().strip_prefix("Some(\"")?.split('"').next());
    let commands: Vec<&str> = quoted.collect();
    assert!(
        commands.contains(&"run"),
        "the dispatch is not where it is looked for"
    );
    commands
}
