//! Packs by name or path.

use fact_lang::pack::Pack;
use std::path::{Path, PathBuf};

/// Names of the packs that are shipped.
pub const SHIPPED: &[&str] = &["blocks", "scene", "viper", "visprog"];

/// Why a pack cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum PackLoadError {
    /// There is no shipped pack of that name.
    #[error("unknown pack `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// The shipped name that is nearest.
        nearest: Option<String>,
    },
    /// The file cannot be read.
    #[error("cannot read the pack {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not a pack.
    #[error("the pack {origin} is malformed: {source}")]
    Malformed {
        /// The name or file.
        origin: String,
        /// What is wrong.
        source: fact_lang::pack::PackError,
    },
}

impl PackLoadError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { nearest, .. } => Some(match nearest {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!(
                    "shipped packs: {}; your own is given by its path, such as my_pack.py",
                    SHIPPED.join(", ")
                ),
            }),
            Self::Read { .. } => Some(format!("shipped packs: {}", SHIPPED.join(", "))),
            Self::Malformed { .. } => Some("docs/packs.md says what a pack holds".into()),
        }
    }
}

/// Loads a shipped pack by name, or a file: whatever ends in `.py` or holds a `/`.
///
/// # Errors
/// If there is no such pack, or it is malformed.
pub fn load(name: &str) -> Result<Pack, PackLoadError> {
    let malformed = |source| PackLoadError::Malformed {
        origin: name.to_owned(),
        source,
    };
    let path = Path::new(name);
    let is_path = path.extension().is_some_and(|e| e == "py") || path.components().count() > 1;
    if is_path {
        let source = std::fs::read_to_string(path).map_err(|source| PackLoadError::Read {
            path: path.to_owned(),
            source,
        })?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        return Pack::load(&stem, &source).map_err(malformed);
    }
    if !SHIPPED.contains(&name) {
        return Err(PackLoadError::Unknown {
            name: name.to_owned(),
            nearest: crate::config::nearest(name, SHIPPED.iter().copied()).map(Into::into),
        });
    }
    Pack::builtin(name).map_err(malformed)
}
