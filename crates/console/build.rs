//! Tells cargo when the built console changed. Never runs npm and never writes into the source tree.

use std::path::Path;

fn main() {
    let dist = Path::new("../../web/dist");
    // To watch what is not there would mean to build anew every time: watch where it will come instead.
    let watched = if dist.exists() {
        dist
    } else {
        Path::new("../../web")
    };
    println!("cargo:rerun-if-changed={}", watched.display());
    println!("cargo:rerun-if-changed=build.rs");
}
