//! What `cargo metadata` knows of the workspace and of everything it is built from on this platform.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// The project's folder.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A package, ours or a third party's.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// An SPDX expression; empty if the package names none.
    pub(super) licence: String,
    pub(super) is_ours: bool,
    /// Names of what its manifest asks for, to build it or to run with it.
    pub(super) dependencies: BTreeSet<String>,
    /// Names of what its manifest asks for in tests only.
    pub(super) dev_dependencies: BTreeSet<String>,
    /// Ids of what it is linked with.
    links: Vec<String>,
}

/// All packages by their ids.
pub(super) struct Workspace {
    packages: BTreeMap<String, Package>,
}

impl Workspace {
    pub(super) fn read() -> Self {
        let metadata: Value = serde_json::from_slice(&metadata().stdout).unwrap();
        let mut packages = BTreeMap::new();
        for package in list(&metadata["packages"]) {
            packages.insert(text(&package["id"]).to_owned(), Package::read(package));
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let links = list(&node["deps"])
                .filter(|link| list(&link["dep_kinds"]).any(|kind| kind["kind"].is_null()));
            let links = links.map(|link| text(&link["pkg"]).to_owned()).collect();
            packages.get_mut(text(&node["id"])).unwrap().links = links;
        }
        Self { packages }
    }

    pub(super) fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| package.is_ours)
    }

    pub(super) fn third_parties(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| !package.is_ours)
    }

    /// Names of everything that is linked with a package, at any distance.
    pub(super) fn linked_with(&self, package: &Package) -> BTreeSet<&str> {
        let mut open: Vec<&str> = package.links.iter().map(String::as_str).collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(self.packages[id].links.iter().map(String::as_str));
            }
        }
        seen.into_iter()
            .map(|id| self.packages[id].name.as_str())
            .collect()
    }
}

impl Package {
    fn read(package: &Value) -> Self {
        let names = |of_tests: bool| {
            let wanted = list(&package["dependencies"]).filter(|one| (one["kind"] == "dev") == of_tests);
            wanted.map(|one| text(&one["name"]).to_owned()).collect()
        };
        Self {
            name: text(&package["name"]).to_owned(),
            version: text(&package["version"]).to_owned(),
            licence: package["license"].as_str().unwrap_or_default().to_owned(),
            is_ours: package["source"].is_null(),
            dependencies: names(false),
            dev_dependencies: names(true),
            links: Vec::new(),
        }
    }
}

fn metadata() -> Output {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root()).args([
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        &host(),
    ]);
    succeeded(command.output().unwrap())
}

/// Packages for other platforms were never downloaded.
fn host() -> String {
    let output = succeeded(Command::new("rustc").arg("-vV").output().unwrap());
    let output = String::from_utf8(output.stdout).unwrap();
    output
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap()
        .to_owned()
}

fn succeeded(output: Output) -> Output {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
