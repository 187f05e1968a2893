//! The gold proposer: functional programs of CLEVR and GQA as visual programs of the `scene` pack.
//!
//! Both data sets ship, with each question, the steps that its generator took. [`compile_clevr`] and
//! [`compile_gqa`] write them as the program a person would write:
//!
//! ```
//! let steps = serde_json::json!([
//!     {"type": "scene", "inputs": [], "value_inputs": []},
//!     {"type": "filter_color", "inputs": [0], "value_inputs": ["red"]},
//!     {"type": "filter_shape", "inputs": [1], "value_inputs": ["cube"]},
//!     {"type": "count", "inputs": [2], "value_inputs": []},
//! ]);
//! let program = fact_pipeline::proposers::gold::compile_clevr(&steps)?;
//! assert_eq!(
//!     program,
//!     "def execute_command(image):\n    return len(image.find(\"red cube\"))\n"
//! );
//! # Ok::<(), fact_pipeline::proposers::gold::GoldError>(())
//! ```
//!
//! Steps are read into sets, things and values (`clevr`, `gqa`); filters fold into noun phrases,
//! and only what is used twice or is a concept of its own gets a name (`emit`). Steps that the
//! answer does not use are checked and left out. Identifiers of objects in GQA's arguments are
//! dropped: the program must find the object from the question's words.
//!
//! A program that is not well formed is an error that says where, never a guess.

mod clevr;
mod emit;
mod error;
mod gqa;

pub use clevr::compile as compile_clevr;
pub use error::{GoldError, Problem};
pub use gqa::compile as compile_gqa;

/// More steps than any program of the data sets has (GQA: 9, CLEVR: about 25), and few enough to
/// bound the work on a hostile one.
const MOST_STEPS: usize = 256;

#[cfg(test)]
mod tests;
