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
//! answer does not use are checked and left out.
//!
//! # The objects that GQA cites
//! GQA's arguments cite objects of the scene graph, `dog (1234)`, and so does its `annotations`
//! field. [`compile_gqa`] drops them: a program must find the object from the question's words, or
//! its rationale would say “the dog” of one of three dogs for a reason that neither image nor
//! question holds. [`compile_gqa_cited`] keeps them, for one use: where the answer by the words is
//! not the data set's, it tells whether the scene graph contradicts the data set or the words just
//! fit several things ([`stages::agreement`](crate::stages::agreement)).
//!
//! A program that is not well formed is an error that says where, never a guess.

mod clevr;
mod emit;
mod error;
mod gqa;

pub use clevr::compile as compile_clevr;
pub use error::{GoldError, Problem};
pub(crate) use gqa::cited_ids;
pub use gqa::{compile as compile_gqa, compile_cited as compile_gqa_cited};

use fact_lang::pack::{Pack, PackError};

/// More steps than any program of the data sets has (GQA: 9, CLEVR: about 25), and few enough to
/// bound the work on a hostile one.
const MOST_STEPS: usize = 256;

/// The pack of the programs that [`compile_gqa_cited`] writes: `scene`, and two functions that know
/// objects by their identifiers.
///
/// # Errors
/// Never, as long as the shipped file is a pack; a test sees to it.
pub fn cited_pack() -> Result<Pack, PackError> {
    Pack::load("scene_cited", include_str!("cited.py"))
}

#[cfg(test)]
mod tests;
