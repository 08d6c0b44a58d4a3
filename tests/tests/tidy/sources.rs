//! The tree's text files, and what a rule has to say about them.

use std::fs;
use std::path::Path;

use super::exceptions::EXCEPTIONS;

/// Folders that tools write.
const GENERATED_FOLDERS: &[&str] = &[
    "target",
    "node_modules",
    "dist",
    "test-results",
    "playwright-report",
    "coverage",
    "offhook-data",
];
/// Kinds of text that people write.
const KINDS: &[&str] = &[
    "css",
    "html",
    "js",
    "md",
    "mjs",
    "rs",
    "sh",
    "sql",
    "toml",
    "ts",
    "tsx",
    "yaml",
    "yml",
    "Dockerfile",
    "run",
];

/// A text file of the tree, by its path from the root.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

/// A place that breaks a rule. Line 0 is the file as a whole.
pub(super) struct Fault {
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) what: String,
}

impl Source {
    /// Every text file that is not generated, in the order of their paths.
    pub(super) fn all() -> Vec<Self> {
        let mut sources = Vec::new();
        collect(root(), "", &mut sources);
        sources.sort_by(|one, other| one.path.cmp(&other.path));
        assert!(
            sources.iter().any(|source| source.path == "Cargo.toml"),
            "the root is not where it is looked for"
        );
        sources
    }

    /// The part of the path after its last dot or slash.
    pub(super) fn kind(&self) -> &str {
        self.path.rsplit(['.', '/']).next().unwrap()
    }

    pub(super) fn is_code(&self) -> bool {
        ["rs", "ts", "tsx"].contains(&self.kind())
    }

    /// Whether the file holds nothing but tests.
    pub(super) fn is_test(&self) -> bool {
        let (folders, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let of_tests = |folder: &str| ["tests", "e2e", "__tests__"].contains(&folder);
        folders.split('/').any(of_tests)
            || name == "tests.rs"
            || name.contains(".test.")
            || name.contains(".spec.")
    }

    /// Numbered lines that belong to tests: all of a test file, or what follows `#[cfg(test)]` at the end of a module.
    pub(super) fn test_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut in_tests = self.is_test();
        self.lines().filter(move |(_, line)| {
            in_tests |= *line == "#[cfg(test)]";
            in_tests
        })
    }

    /// Lines numbered from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }

    pub(super) fn fault(&self, line: usize, what: impl Into<String>) -> Fault {
        Fault {
            path: self.path.clone(),
            line,
            what: what.into(),
        }
    }
}

/// The project's folder.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Fails on every fault that no exception covers, and on every exception that covers no fault any more.
pub(super) fn check(rule: &str, faults: &[Fault]) {
    let exceptions = || EXCEPTIONS.iter().filter(|exception| exception.rule == rule);
    let uncovered = faults
        .iter()
        .filter(|fault| !exceptions().any(|exception| exception.path == fault.path));
    let uncovered = uncovered.map(|fault| format!("{}:{}: {}", fault.path, fault.line, fault.what));
    let needless = exceptions().filter(|exception| !faults.iter().any(|fault| fault.path == exception.path));
    let needless = needless.map(|exception| format!("{}: needs its exception no longer", exception.path));
    let all: Vec<String> = uncovered.chain(needless).collect();
    assert!(all.is_empty(), "{rule}:\n{}", all.join("\n"));
}

fn collect(folder: &Path, prefix: &str, into: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            if !GENERATED_FOLDERS.contains(&name.as_str()) && name != ".git" {
                collect(&entry.path(), &format!("{path}/"), into);
            }
        } else if kind.is_file() && is_written_by_people(&name) {
            // A file that another tool removed meanwhile, or that is no text, has no faults.
            if let Ok(text) = fs::read_to_string(entry.path()) {
                into.push(Source { path, text });
            }
        }
    }
}

fn is_written_by_people(name: &str) -> bool {
    let is_generated = name.contains(".gen.") || name == "schema.d.ts";
    !is_generated && KINDS.contains(&name.rsplit('.').next().unwrap())
}
