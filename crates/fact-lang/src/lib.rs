//! The visual-program language of Fact.
//!
//! Generated programs are small Python functions over a perception API. This crate parses them,
//! runs them in a sandbox with a full dependence trace, and suspends when an answer of perception
//! is missing. It does no I/O and knows no clock, no randomness and no threads: a run is a pure
//! function of (program, inputs, answers).
//!
//! ```
//! use fact_lang::pack::Pack;
//! use fact_lang::run::{Inputs, Limits, Outcome, run};
//! use fact_lang::syntax::parse_program;
//! use fact_lang::tool::{Answer, ImageRef, Recorded};
//!
//! let program = parse_program(
//!     "def execute_command(image):\n    return ImagePatch(image).simple_query('What is it?')\n",
//! )?;
//! let pack = Pack::builtin("viper")?;
//! let image = ImageRef { sha256: "00".into(), width: 640, height: 480 };
//! let inputs = Inputs::image(image);
//! let limits = Limits::default();
//!
//! // The answer is not known yet: the run suspends with its request …
//! let mut nothing: &[Recorded] = &[];
//! let first = run(&program, &pack, &inputs, &mut nothing, &limits);
//! let Outcome::Suspended(request) = first.outcome else { panic!() };
//!
//! // … and is run again, from the start, when it is.
//! let known = [Recorded { request, answer: Answer::Text("a cup".into()) }];
//! let second = run(&program, &pack, &inputs, &mut &known[..], &limits);
//! let Outcome::Returned(returned) = second.outcome else { panic!() };
//! assert_eq!(returned.text, "a cup");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Sets are ordered by insertion (CPython's order depends on hashes), so that runs repeat exactly.
//!
//! In the order data flows: [`syntax`] (text → [`ast`]) → [`run`] (with a [`pack`], asking
//! [`tool`]s) → [`trace`]. [`normal`] tells which programs are the same.

pub mod ast;
mod interp;
pub mod normal;
pub mod pack;
pub mod pytext;
pub mod run;
pub mod syntax;
pub mod tool;
pub mod trace;
