//! The files of the built console.

use std::borrow::Cow;

use rust_embed::{Embed, EmbeddedFile};

/// A file and what tells its versions apart.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) bytes: Cow<'static, [u8]>,
    /// A strong entity tag, quotes included.
    pub(crate) etag: String,
}

/// Where files come from.
pub(crate) trait Files {
    /// The file of this name, without a leading slash; `None` when there is none.
    fn file(&self, name: &str) -> Option<File>;
}

/// The files of `web/dist`; none when the console was not built.
pub(crate) struct Console;

#[derive(Embed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
#[exclude = "*.map"]
#[exclude = ".stamp"]
struct Dist;

impl Files for Console {
    fn file(&self, name: &str) -> Option<File> {
        Dist::get(name).map(File::from)
    }
}

impl From<EmbeddedFile> for File {
    fn from(file: EmbeddedFile) -> Self {
        let tag: String = file.metadata.sha256_hash()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            bytes: file.data,
            etag: format!("\"{tag}\""),
        }
    }
}
