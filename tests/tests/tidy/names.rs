//! Names of crates and modules.

use super::sources::{Source, check};

/// Names that say nothing, so that everything ends up there.
const SAY_NOTHING: &[&str] = &[
    "common", "core", "helper", "helpers", "manager", "misc", "shared", "types", "util", "utils",
];

#[test]
fn crates_and_modules_say_what_they_hold() {
    let mut faults = Vec::new();
    for source in Source::all()
        .iter()
        .filter(|source| source.kind() == "rs" || source.path.ends_with("/Cargo.toml"))
    {
        let stems = source.path.split('/').map(|part| part.split('.').next().unwrap());
        for stem in stems.filter(|stem| SAY_NOTHING.contains(stem)) {
            faults.push(source.fault(0, format!("`{stem}` says nothing: name the noun it holds")));
        }
    }
    check("telling names", &faults);
}

#[test]
fn a_module_stands_beside_its_folder() {
    let sources = Source::all();
    let inside = sources.iter().filter(|source| source.path.ends_with("/mod.rs"));
    let faults: Vec<_> = inside
        .map(|source| source.fault(0, "write `foo.rs` and `foo/`"))
        .collect();
    check("foo.rs and foo/", &faults);
}
