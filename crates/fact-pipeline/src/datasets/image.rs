//! Where an image of a record is, and the guard that keeps it under the data root.

use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Where the bytes of an image are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageSource {
    /// A file that exists and whose real path lies under the image root.
    File {
        /// The real path (symbolic links resolved): open this one.
        path: PathBuf,
        /// The path relative to the image root, with `/`: what is stored and shown.
        relative: String,
    },
    /// Bytes that came with the record.
    Bytes {
        /// A name unique in the data set.
        name: String,
        /// The encoded image.
        bytes: Arc<[u8]>,
    },
    /// The data set names a file that is not there, but its annotation is: usable by perception
    /// that reads annotations.
    Absent {
        /// The path relative to the image root.
        relative: String,
    },
}

/// Why an image's bytes were not read.
#[derive(Debug, thiserror::Error)]
pub enum ImageReadError {
    /// There is no file.
    #[error(
        "the image `{0}` is not in the data set\nhint: use `--perception scene`, which reads annotations, or add the image"
    )]
    Absent(String),
    /// Larger than allowed.
    #[error("the image `{name}` is larger than {limit} bytes")]
    TooLarge {
        /// Name of the image.
        name: String,
        /// The limit.
        limit: u64,
    },
    /// The operating system refused.
    #[error("cannot read the image `{name}`: {source}")]
    Io {
        /// Name of the image.
        name: String,
        /// Why.
        source: std::io::Error,
    },
}

impl ImageSource {
    /// Path relative to the image root, or the name of embedded bytes.
    pub fn name(&self) -> &str {
        match self {
            Self::File { relative, .. } | Self::Absent { relative } => relative,
            Self::Bytes { name, .. } => name,
        }
    }

    /// The encoded image.
    ///
    /// # Errors
    /// When the file is absent, larger than `limit` bytes (nothing more than the limit is ever
    /// read), or unreadable.
    pub fn read(&self, limit: u64) -> Result<Arc<[u8]>, ImageReadError> {
        let too_large = || ImageReadError::TooLarge {
            name: self.name().to_owned(),
            limit,
        };
        match self {
            Self::Absent { relative } => Err(ImageReadError::Absent(relative.clone())),
            Self::Bytes { bytes, .. } if bytes.len() as u64 > limit => Err(too_large()),
            Self::Bytes { bytes, .. } => Ok(bytes.clone()),
            Self::File { path, relative } => {
                let io = |source| ImageReadError::Io {
                    name: relative.clone(),
                    source,
                };
                let file = std::fs::File::open(path).map_err(io)?;
                let mut bytes = Vec::new();
                // One byte more than allowed tells a file at the limit from one beyond it.
                let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
                read.map_err(io)?;
                if bytes.len() as u64 > limit {
                    return Err(too_large());
                }
                Ok(bytes.into())
            }
        }
    }
}

/// Why an image path of a record is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImagePathError {
    /// No path.
    #[error("the image path is empty")]
    Empty,
    /// A NUL or another control character.
    #[error("the image path {0:?} contains a control character")]
    Control(String),
    /// A URL or data URI.
    #[error("the image `{0}` is a URL; nothing is downloaded")]
    Url(String),
    /// An absolute path or a drive letter.
    #[error("the image path `{0}` is absolute")]
    Absolute(String),
    /// Has a `..`.
    #[error("the image path `{0}` climbs with `..`")]
    Climbs(String),
    /// A symbolic link leads out of the root.
    #[error("the image path `{0}` leads out of the image folder through a symbolic link")]
    Outside(String),
    /// No such file.
    #[error("the image `{relative}` does not exist under {}", .root.display())]
    Missing {
        /// The path.
        relative: String,
        /// Where it was looked for.
        root: PathBuf,
    },
    /// A folder, a device, a pipe.
    #[error("the image path `{0}` is not a regular file")]
    NotAFile(String),
    /// Could not be looked at.
    #[error("the image path `{path}` cannot be resolved: {reason}")]
    Io {
        /// The path.
        path: String,
        /// Why.
        reason: String,
    },
}

impl ImagePathError {
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Url(_) => Some("download the images first and name the files"),
            Self::Absolute(_) | Self::Climbs(_) | Self::Outside(_) => {
                Some("image paths are relative to the image folder; set it with `?images=FOLDER`")
            }
            Self::Missing { .. } => Some("set the folder of the images with `?images=FOLDER`"),
            _ => None,
        }
    }
}

/// The folder under which all images of a data set are.
#[derive(Debug, Clone)]
pub struct ImageRoot {
    /// Canonical.
    root: PathBuf,
}

impl ImageRoot {
    /// The folder `root`, which must exist.
    ///
    /// # Errors
    /// When it cannot be resolved.
    pub fn new(root: &Path) -> std::io::Result<Self> {
        Ok(Self {
            root: root.canonicalize()?,
        })
    }

    /// The real path of the folder.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The first of `candidates` (paths relative to the root) that exists.
    ///
    /// # Errors
    /// When a candidate is not a plain relative path below the root, or none exists: the error
    /// then names the first.
    pub fn resolve(&self, candidates: &[&str]) -> Result<ImageSource, ImagePathError> {
        for relative in candidates {
            match self.resolve_one(relative) {
                Err(ImagePathError::Missing { .. }) => {}
                other => return other,
            }
        }
        Err(match candidates.first() {
            None => ImagePathError::Empty,
            Some(first) => ImagePathError::Missing {
                relative: (*first).to_owned(),
                root: self.root.clone(),
            },
        })
    }

    fn resolve_one(&self, relative: &str) -> Result<ImageSource, ImagePathError> {
        let relative = plain(relative)?;
        let missing = || ImagePathError::Missing {
            relative: relative.clone(),
            root: self.root.clone(),
        };
        let path = match self.root.join(&relative).canonicalize() {
            Ok(path) => path,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(missing()),
            Err(e) => {
                return Err(ImagePathError::Io {
                    path: relative.clone(),
                    reason: e.to_string(),
                });
            }
        };
        if !path.starts_with(&self.root) {
            return Err(ImagePathError::Outside(relative));
        }
        match path.metadata() {
            Ok(meta) if meta.is_file() => Ok(ImageSource::File { path, relative }),
            Ok(_) => Err(ImagePathError::NotAFile(relative)),
            Err(_) => Err(missing()),
        }
    }
}

/// Checks that `text` is a plain relative path and returns it with `/` between its parts and
/// without `.` parts. A backslash counts as a separator, so that a path means the same on every
/// system.
fn plain(text: &str) -> Result<String, ImagePathError> {
    if text.chars().any(char::is_control) {
        return Err(ImagePathError::Control(text.to_owned()));
    }
    if text.contains("://")
        || text
            .get(..5)
            .is_some_and(|p| p.eq_ignore_ascii_case("data:"))
    {
        let short: String = text.chars().take(80).collect();
        return Err(ImagePathError::Url(short));
    }
    let slashed = text.replace('\\', "/");
    let drive = slashed.as_bytes().get(1) == Some(&b':');
    if slashed.starts_with('/') || drive {
        return Err(ImagePathError::Absolute(text.to_owned()));
    }
    let mut parts = Vec::new();
    for part in Path::new(&slashed).components() {
        match part {
            Component::Normal(p) => parts.push(p.to_string_lossy().into_owned()),
            Component::CurDir => {}
            Component::ParentDir => return Err(ImagePathError::Climbs(text.to_owned())),
            Component::RootDir | Component::Prefix(_) => {
                return Err(ImagePathError::Absolute(text.to_owned()));
            }
        }
    }
    if parts.is_empty() {
        return Err(ImagePathError::Empty);
    }
    Ok(parts.join("/"))
}
