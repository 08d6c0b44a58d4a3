//! Pure crates decide; they reach no runtime, socket, file, thread or clock.

use std::fs;

use super::metadata::{Workspace, root};

const PURE: &[&str] = &[
    "model", "presence", "flow", "routing", "engine", "metering", "sip", "media", "leg", "sim",
];

/// What a pure crate must not even be linked with, whoever asks for it.
const NEVER_LINKED: &[&str] = &[
    "async-std",
    "axum",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "redis",
    "reqwest",
    "smol",
    "socket2",
    "sqlx",
    "sqlx-core",
    "tokio",
];

/// What a pure crate must not ask for itself, in its tests neither, and what it does instead. A name ending in `-`
/// stands for all that begin so.
const NEVER_ASKED_FOR: &[(&str, &str)] = &[
    (
        "async-",
        "machines do not wait: name the moment in `poll_timeout`",
    ),
    ("chrono", "time is an argument, of `model`'s types"),
    ("crossbeam", "machines have no threads: yield a command"),
    ("crossbeam-", "machines have no threads: yield a command"),
    (
        "futures",
        "machines do not wait: name the moment in `poll_timeout`",
    ),
    (
        "futures-",
        "machines do not wait: name the moment in `poll_timeout`",
    ),
    ("getrandom", "randomness is an argument: take an `Rng` or a seed"),
    ("lazy_static", "no globals: hand the value in"),
    ("libc", "system calls are made in `relay` and `server`"),
    ("nix", "system calls are made in `relay` and `server`"),
    ("once_cell", "no globals: hand the value in"),
    ("parking_lot", "a machine has one owner: take `&mut self`"),
    ("rayon", "machines have no threads: yield a command"),
    (
        "tokio-",
        "machines do not wait: name the moment in `poll_timeout`",
    ),
    ("uuid", "ids are `model`'s and come from a seed"),
];

#[test]
fn pure_crates_reach_no_runtime() {
    let workspace = Workspace::read();
    let mut faults = Vec::new();
    for package in workspace
        .ours()
        .filter(|package| PURE.contains(&package.name.as_str()))
    {
        let name = &package.name;
        let linked = workspace.linked_with(package);
        faults.extend(
            NEVER_LINKED
                .iter()
                .filter(|one| linked.contains(*one))
                .map(|one| format!("{name} links {one}")),
        );
        for asked in package.dependencies.union(&package.dev_dependencies) {
            let banned = NEVER_ASKED_FOR
                .iter()
                .find(|(one, _)| asked == one || one.ends_with('-') && asked.starts_with(one));
            if let Some((_, instead)) = banned {
                faults.push(format!("{name} asks for {asked}: {instead}"));
            }
            if NEVER_LINKED.contains(&asked.as_str()) {
                faults.push(format!("{name} asks for {asked}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn pure_crates_share_one_clippy_toml_and_others_have_none() {
    let of = |name: &str| fs::read_to_string(root().join("crates").join(name).join("clippy.toml")).ok();
    let shared = of("model").expect("crates/model/clippy.toml holds the bans of all pure crates");
    for package in Workspace::read().ours() {
        let expected = PURE.contains(&package.name.as_str()).then_some(&shared);
        assert_eq!(
            of(&package.name).as_ref(),
            expected,
            "clippy.toml of {}",
            package.name
        );
    }
}
