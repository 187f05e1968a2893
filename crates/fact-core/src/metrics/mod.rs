//! Metrics of answers and captions, as the official scripts of the benchmarks compute them.
//!
//! | module | benchmark | what |
//! |---|---|---|
//! | [`nlvr`] | NLVR | accuracy, consistency |
//! | [`vqa`] | VQA v2, OK-VQA | soft accuracy, by answer and question type |
//! | [`gqa`] | GQA | accuracy, consistency, validity, plausibility, grounding, distribution |
//! | [`tallyqa`] | TallyQA | accuracy, RMSE; simple and complex questions |
//! | [`pope`] | POPE | accuracy, precision, recall, F1, share of yes |
//! | [`chair`] | CHAIR | hallucinated objects in captions |
//! | [`transfer`] | rationales | whether they help a verifier model |
//!
//! Each turns what was predicted into a [`Tally`]: sums over *units* (questions; sentences or
//! images where a measure is about these) and formulas over the sums. A tally's measures over all
//! units are the official numbers, with the same floating-point operations in the same order; over
//! units drawn again and again they are a [`bootstrap`].
//!
//! ```
//! use fact_core::metrics::{bootstrap, nlvr};
//!
//! let examples = [
//!     nlvr::Example { identifier: "12-0", label: "true", predictions: ["true"; 6] },
//!     nlvr::Example { identifier: "12-1", label: "false", predictions: ["True"; 6] },
//! ];
//! let tally = nlvr::tally(&examples);
//! let measured = bootstrap::measured(&tally, bootstrap::Resampling::default());
//! assert_eq!(measured[0].name, "accuracy");
//! assert_eq!(measured[0].value, Some(0.5));
//! ```

pub mod bootstrap;
pub mod chair;
pub mod gqa;
pub mod nlvr;
pub mod pope;
pub mod tally;
pub mod tallyqa;
pub mod transfer;
pub mod vqa;

pub use bootstrap::{Compared, Measured, Resampling};
pub use tally::Tally;
