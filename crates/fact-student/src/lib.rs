//! Students: small vision-language models that are trained on images, questions, answers and rationales.
//!
//! Knows nothing of programs or runs: what it learns from are plain [`Example`]s.
//!
//! | module | owns |
//! |---|---|
//! | [`example`] | what a student learns from: picture, question, answer, rationale |
//! | [`tokenizer`] | text ↔ tokens: frequent words, bytes for the rest |
//! | [`config`] | sizes of models, settings of training, their ranges |
//! | [`layout`] | one example as a row of tokens: who sees whom, what is to be said, what counts how much |
//! | [`weights`] | parameters by name, on the host; how they are drawn |
//! | [`model`] | the network: patches and text in one transformer |
//! | [`vocabulary`] | the tokens and lengths that students of one experiment share |
//! | [`objective`] | the loss of a batch and its gradients |
//! | [`optimizer`] | AdamW, clipping, learning rate |
//! | [`checkpoint`] | safetensors files, written whole or not at all, read with suspicion |
//! | [`mod@train`] | the loop: validation, early stop, resume |
//! | `log` | the log of a training and its curves |
//! | [`infer`] | a trained [`Student`]: answers, rationales, log-probabilities |
//! | [`plot`] | curves as SVG |
//!
//! Same examples, settings and seed give the same bytes, for any number of threads: a batch is cut into
//! pieces of a fixed size, and their gradients are added in a fixed order.

pub mod checkpoint;
pub mod config;
pub mod example;
pub mod infer;
pub mod layout;
mod log;
pub mod model;
pub mod objective;
pub mod optimizer;
pub mod plot;
mod random;
pub mod tokenizer;
pub mod train;
pub mod vocabulary;
pub mod weights;

pub use checkpoint::CheckpointError;
pub use config::{ImageSize, ModelConfig, Size, TrainConfig};
pub use example::{Example, Picture};
pub use infer::{Answered, InferError, Student};
pub use train::{Job, Outcome, Progress, Silent, TrainError, train, trained};
pub use vocabulary::{Vocabulary, VocabularyError};
