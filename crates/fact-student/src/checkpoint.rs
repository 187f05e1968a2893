//! Safetensors files: a student, and the state of a training. Written whole or not at all; read with
//! suspicion, since whoever downloads a student did not write it.

use crate::config::{ConfigError, ModelConfig, TrainConfig};
use crate::optimizer::{Moments, State};
use crate::tokenizer::Tokenizer;
use crate::weights::{Weight, Weights};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Version of both files.
const VERSION: u32 = 1;
/// Largest file that is read, in bytes: three times the largest model, with room.
const MAX_FILE: u64 = 4 << 30;
/// Key of the header under which all that is no tensor stands, as JSON. One key, because the format leaves
/// the order of several open.
const KEY: &str = "fact";

/// Why a file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The system refused.
    #[error("cannot {what} {path}: {source}")]
    File {
        /// `read` or `write`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not such a file, or is cut off.
    #[error("{path} is not a whole safetensors file: {reason}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// What it says of itself is not what a student's file says.
    #[error("{path} is not a student's file: {reason}")]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A tensor is missing, too much, or of another shape or type.
    #[error("{path}: tensor `{name}` {reason}")]
    Tensor {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

impl CheckpointError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File { .. } => None,
            _ => Some("copy the file again, or train the student anew in another folder".into()),
        }
    }
}

/// What a student's file says beside its tensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    version: u32,
    /// The shape of the model.
    pub model: ModelConfig,
    /// Its vocabulary.
    pub tokenizer: Tokenizer,
    /// Whether it learned rationales.
    pub rationales: bool,
    /// How it was trained.
    pub train: TrainConfig,
}

impl About {
    /// Of a student.
    pub fn new(
        model: ModelConfig,
        tokenizer: Tokenizer,
        rationales: bool,
        train: TrainConfig,
    ) -> Self {
        Self {
            version: VERSION,
            model,
            tokenizer,
            rationales,
            train,
        }
    }

    fn check(&self) -> Result<(), String> {
        if self.version != VERSION {
            return Err(format!(
                "version {}, this program reads {VERSION}",
                self.version
            ));
        }
        let checked = self.model.check().and_then(|()| self.train.check());
        checked.map_err(|e: ConfigError| e.to_string())?;
        if self.tokenizer.size() != self.model.vocabulary {
            return Err("the vocabulary is not of the size that the model has".into());
        }
        Ok(())
    }
}

/// How far a training has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reached {
    /// Steps done. All that is random is a function of the seed and of this.
    pub step: u64,
    /// Tokens of text seen so far.
    pub tokens: u64,
    /// Milliseconds so far, over all sessions.
    pub milliseconds: u64,
    /// The best validation so far: its step, the share right and the label's loss, both as bits, so that
    /// they come back exactly.
    pub best: Option<(u64, u64, u64)>,
    /// Validations since then.
    pub worse: u64,
    /// Whether training has ended.
    pub ended: bool,
    /// Hash of the examples.
    pub data: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateHeader {
    about: About,
    reached: Reached,
}

/// A training between two steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// The student's description.
    pub about: About,
    /// How far it has come.
    pub reached: Reached,
    /// Its weights.
    pub weights: Weights,
    /// Its optimizer.
    pub state: State,
}

/// Writes a student.
///
/// # Errors
/// If the file cannot be written; an earlier one then stays as it was.
pub fn write_student(path: &Path, about: &About, weights: &Weights) -> Result<(), CheckpointError> {
    let tensors = weights
        .iter()
        .map(|(name, w)| (name.clone(), w.shape, w.values.as_slice()));
    write(path, about, tensors)
}

/// Writes the state of a training.
///
/// # Errors
/// If the file cannot be written; an earlier one then stays as it was.
pub fn write_training(path: &Path, training: &Training) -> Result<(), CheckpointError> {
    let header = StateHeader {
        about: training.about.clone(),
        reached: training.reached.clone(),
    };
    let all = training.weights.iter().zip(training.state.values());
    let tensors = all.flat_map(|((name, weight), moments)| {
        [
            ("weight", &weight.values),
            ("mean", &moments.mean),
            ("square", &moments.square),
        ]
        .map(|(what, values)| (format!("{what}.{name}"), weight.shape, values.as_slice()))
    });
    write(path, &header, tensors)
}

/// Reads a student.
///
/// # Errors
/// If the file cannot be read, is cut off, describes a model out of range, or does not hold exactly that
/// model's tensors.
pub fn read_student(path: &Path) -> Result<(About, Weights), CheckpointError> {
    let bytes = read(path)?;
    let (about, tensors): (About, _) = open(path, &bytes)?;
    about.check().map_err(|reason| header_error(path, reason))?;
    let shapes = crate::weights::shapes(&about.model);
    let weights = shapes
        .into_iter()
        .map(|(name, shape, _)| {
            let weight = tensor(path, &tensors, &name, shape)?;
            Ok((name, weight))
        })
        .collect::<Result<Weights, CheckpointError>>()?;
    no_more(path, &tensors, weights.keys().cloned())?;
    Ok((about, weights))
}

/// Reads the state of a training.
///
/// # Errors
/// As [`read_student`].
pub fn read_training(path: &Path) -> Result<Training, CheckpointError> {
    let bytes = read(path)?;
    let (header, tensors): (StateHeader, _) = open(path, &bytes)?;
    let about = header.about;
    about.check().map_err(|reason| header_error(path, reason))?;
    let mut weights = Weights::new();
    let mut state = State::new();
    let mut names = Vec::new();
    for (name, shape, _) in crate::weights::shapes(&about.model) {
        let [weight, mean, square] =
            ["weight", "mean", "square"].map(|what| format!("{what}.{name}"));
        weights.insert(name.clone(), tensor(path, &tensors, &weight, shape)?);
        let moments = Moments {
            mean: tensor(path, &tensors, &mean, shape)?.values,
            square: tensor(path, &tensors, &square, shape)?.values,
        };
        state.insert(name, moments);
        names.extend([weight, mean, square]);
    }
    no_more(path, &tensors, names)?;
    Ok(Training {
        about,
        reached: header.reached,
        weights,
        state,
    })
}

fn header_error(path: &Path, reason: String) -> CheckpointError {
    CheckpointError::Header {
        path: path.to_owned(),
        reason,
    }
}

fn write<'a>(
    path: &Path,
    header: &impl Serialize,
    tensors: impl Iterator<Item = (String, [usize; 2], &'a [f32])>,
) -> Result<(), CheckpointError> {
    let header = serde_json::to_string(header).map_err(|e| header_error(path, e.to_string()))?;
    let format = |e: safetensors::SafeTensorError| CheckpointError::Format {
        path: path.to_owned(),
        reason: e.to_string(),
    };
    let bytes: BTreeMap<String, ([usize; 2], Vec<u8>)> = tensors
        .map(|(name, shape, values)| {
            let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            (name, (shape, bytes))
        })
        .collect();
    let views = bytes
        .iter()
        .map(|(name, (shape, bytes))| {
            let view = TensorView::new(Dtype::F32, shape.to_vec(), bytes)?;
            Ok((name.as_str(), view))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(format)?;
    let metadata = HashMap::from([(KEY.to_owned(), header)]);
    let whole = safetensors::serialize(views, Some(metadata)).map_err(format)?;
    whole_file(path, &whole).map_err(|source| CheckpointError::File {
        what: "write",
        path: path.to_owned(),
        source,
    })
}

/// Writes a file under a temporary name and gives it its own when all of it is on disk.
pub(crate) fn whole_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".part");
    let temporary = path.with_file_name(name);
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

fn read(path: &Path) -> Result<Vec<u8>, CheckpointError> {
    let error = |source| CheckpointError::File {
        what: "read",
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(error)?;
    // One more than allowed, to tell a file that is too large from one that just fits.
    let read = file.take(MAX_FILE + 1).read_to_end(&mut bytes);
    if read.map_err(error)? as u64 > MAX_FILE {
        return Err(CheckpointError::Format {
            path: path.to_owned(),
            reason: format!("larger than {MAX_FILE} bytes"),
        });
    }
    Ok(bytes)
}

fn open<'a, H: DeserializeOwned>(
    path: &Path,
    bytes: &'a [u8],
) -> Result<(H, SafeTensors<'a>), CheckpointError> {
    let format = |e: safetensors::SafeTensorError| CheckpointError::Format {
        path: path.to_owned(),
        reason: e.to_string(),
    };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(format)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(format)?;
    let header = metadata.metadata().as_ref().and_then(|all| all.get(KEY));
    let Some(header) = header else {
        return Err(header_error(path, format!("its header has no `{KEY}`")));
    };
    let header = serde_json::from_str(header);
    let header = header.map_err(|e| header_error(path, e.to_string()))?;
    Ok((header, tensors))
}

fn tensor(
    path: &Path,
    tensors: &SafeTensors<'_>,
    name: &str,
    shape: [usize; 2],
) -> Result<Weight, CheckpointError> {
    let error = |reason: String| CheckpointError::Tensor {
        path: path.to_owned(),
        name: name.to_owned(),
        reason,
    };
    let found = tensors.tensor(name);
    let found = found.map_err(|_| error("is missing".into()))?;
    if found.dtype() != Dtype::F32 || found.shape() != shape {
        return Err(error(format!(
            "is {:?} {:?}, the model needs F32 {shape:?}",
            found.dtype(),
            found.shape()
        )));
    }
    let values: Vec<f32> = found
        .data()
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect();
    if values.iter().any(|v| !v.is_finite()) {
        return Err(error("holds numbers that are not finite".into()));
    }
    Ok(Weight { shape, values })
}

fn no_more(
    path: &Path,
    tensors: &SafeTensors<'_>,
    known: impl IntoIterator<Item = String>,
) -> Result<(), CheckpointError> {
    let known: std::collections::BTreeSet<String> = known.into_iter().collect();
    match tensors
        .names()
        .into_iter()
        .find(|name| !known.contains(*name))
    {
        None => Ok(()),
        Some(name) => Err(CheckpointError::Tensor {
            path: path.to_owned(),
            name: name.to_owned(),
            reason: "is none of the model's".into(),
        }),
    }
}
