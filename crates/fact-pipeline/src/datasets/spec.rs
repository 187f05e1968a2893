//! `KIND:PATH?option=value&…`: how a user names a data set.

use super::error::OpenError;
use fact_core::matcher::Matcher;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Kinds of data sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// NLVR, <https://github.com/lil-lab/nlvr>.
    Nlvr,
    /// CLEVR and what its generator writes.
    Clevr,
    /// GQA.
    Gqa,
    /// easy-VQA.
    EasyVqa,
    /// VQA v2: questions and annotations.
    Vqa,
    /// One JSON object a line, or a JSON array of objects.
    Jsonl,
    /// LLaVA conversations.
    Llava,
    /// ShareGPT and LLaMA-Factory conversations.
    Sharegpt,
    /// Parquet as on Hugging Face.
    Parquet,
    /// A folder written by `fact synth`.
    Synth,
}

/// Every kind with its name and options (besides [`COMMON`]).
const KINDS: &[(&str, Kind, &[&str])] = &[
    ("nlvr", Kind::Nlvr, &["locked"]),
    ("clevr", Kind::Clevr, &["scenes"]),
    ("gqa", Kind::Gqa, &["scenes"]),
    ("easy-vqa", Kind::EasyVqa, &["split"]),
    ("vqa", Kind::Vqa, &["annotations"]),
    ("jsonl", Kind::Jsonl, COLUMNS),
    ("llava", Kind::Llava, &[]),
    ("sharegpt", Kind::Sharegpt, &[]),
    ("parquet", Kind::Parquet, COLUMNS),
    ("synth", Kind::Synth, &[]),
];

/// Options that rename columns.
const COLUMNS: &[&str] = &[
    "id", "image", "question", "answer", "group", "scene", "choices", "family", "split",
];

/// Options every kind takes.
const COMMON: &[&str] = &["images", "matcher"];

const MATCHERS: &[(&str, Matcher)] = &[
    ("exact", Matcher::Exact),
    ("yes_no", Matcher::YesNo),
    ("true_false", Matcher::TrueFalse),
    ("open", Matcher::Open),
    ("vqa_soft", Matcher::VqaSoft),
];

/// A parsed `KIND:PATH?options`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// The kind.
    pub kind: Kind,
    /// Name of the kind, as users write it.
    pub kind_name: &'static str,
    /// Folder or file.
    pub path: PathBuf,
    options: BTreeMap<String, String>,
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind_name, self.path.display())?;
        for (i, (k, v)) in self.options.iter().enumerate() {
            write!(f, "{}{k}={v}", if i == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl Spec {
    /// Reads `text`. The last `?` starts the options; there is no escaping.
    ///
    /// # Errors
    /// When the kind or an option is unknown (the nearest known one is named), or an option is
    /// malformed.
    pub fn parse(text: &str) -> Result<Self, OpenError> {
        let (address, query) = match text.rsplit_once('?') {
            Some((address, query)) => (address, Some(query)),
            None => (text, None),
        };
        let Some((kind, path)) = address.split_once(':').filter(|(k, _)| is_word(k)) else {
            let looks_like_path = address.contains(['/', '\\', '.']);
            return Err(OpenError::MissingKind {
                spec: address.to_owned(),
                path_hint: if looks_like_path {
                    ": it is only a path"
                } else {
                    ""
                },
            });
        };
        let Some((kind_name, found, own)) = KINDS.iter().find(|(name, ..)| *name == kind) else {
            let names = KINDS.iter().map(|(name, ..)| *name);
            return Err(OpenError::UnknownKind {
                kind: kind.to_owned(),
                nearest: nearest(&kind.to_lowercase(), names.clone()),
                known: names.collect::<Vec<_>>().join(", "),
            });
        };
        let mut options = BTreeMap::new();
        for pair in query
            .unwrap_or_default()
            .split('&')
            .filter(|p| !p.is_empty())
        {
            let Some((name, value)) = pair.split_once('=').filter(|(_, v)| !v.is_empty()) else {
                return Err(OpenError::BadOption {
                    option: pair.to_owned(),
                    reason: "write it as name=value".to_owned(),
                });
            };
            let known = COMMON.iter().chain(own.iter()).copied();
            if !known.clone().any(|k| k == name) {
                return Err(OpenError::UnknownOption {
                    kind: kind_name,
                    option: name.to_owned(),
                    nearest: nearest(name, known.clone()),
                    known: known.collect::<Vec<_>>().join(", "),
                });
            }
            if options.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(OpenError::BadOption {
                    option: name.to_owned(),
                    reason: "given twice".to_owned(),
                });
            }
        }
        if path.is_empty() {
            return Err(OpenError::NotFound {
                path: PathBuf::new(),
            });
        }
        Ok(Self {
            kind: *found,
            kind_name,
            path: PathBuf::from(path),
            options,
        })
    }

    /// An option's value.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    /// The `matcher` option, else `default`.
    ///
    /// # Errors
    /// When the option names no matcher.
    pub fn matcher(&self, default: Matcher) -> Result<Matcher, OpenError> {
        self.choice("matcher", default, MATCHERS)
    }

    /// The option `name`, one of `choices`, else `default`.
    pub(crate) fn choice<T: Copy>(
        &self,
        name: &str,
        default: T,
        choices: &[(&'static str, T)],
    ) -> Result<T, OpenError> {
        let Some(value) = self.option(name) else {
            return Ok(default);
        };
        let found = choices.iter().find(|(text, _)| *text == value);
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            let names = choices.iter().map(|(text, _)| *text);
            let near = nearest(value, names.clone());
            OpenError::BadOption {
                option: name.to_owned(),
                reason: format!(
                    "`{value}` is not one of {}{}",
                    names.collect::<Vec<_>>().join(", "),
                    near.map_or_else(String::new, |n| format!("\nhint: did you mean `{n}`?")),
                ),
            }
        })
    }

    /// The root folder: the path itself, or the folder of the file.
    ///
    /// # Errors
    /// When there is nothing at the path.
    pub(crate) fn root(&self) -> Result<PathBuf, OpenError> {
        let meta = std::fs::metadata(&self.path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => OpenError::NotFound {
                path: self.path.clone(),
            },
            _ => OpenError::Io {
                path: self.path.clone(),
                source,
            },
        })?;
        if meta.is_dir() {
            return Ok(self.path.clone());
        }
        let parent = self.path.parent().unwrap_or(Path::new(""));
        Ok(if parent.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            parent.to_path_buf()
        })
    }

    /// The image root: the `images` option (relative to the current folder, like the path),
    /// else `default`.
    ///
    /// # Errors
    /// When the folder does not exist.
    pub(crate) fn image_root(&self, default: &Path) -> Result<super::ImageRoot, OpenError> {
        let folder = self.option("images").map_or(default, Path::new);
        super::ImageRoot::new(folder).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => OpenError::NotFound {
                path: folder.to_path_buf(),
            },
            _ => OpenError::Io {
                path: folder.to_path_buf(),
                source,
            },
        })
    }
}

fn is_word(text: &str) -> bool {
    let ok = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !text.is_empty() && text.chars().all(ok)
}

/// The name most like `given`, if any is near.
pub(crate) fn nearest<'a>(given: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = names.map(|name| (strsim::jaro_winkler(given, name), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= 0.75).then_some(best.1)
}
