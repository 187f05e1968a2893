//! Students on files: rows of exports → examples, trainings of several sizes, predictions.
//!
//! What a student is and how it learns is `fact_student`'s; here are the files around it.

mod error;
mod eval;
pub mod experiment;
mod rows;
mod teach;

pub use error::StudentError;
pub use eval::{Accuracy, EvalRequest, Evaluated, PREDICTIONS, evaluate};
pub use fact_student::train::{Kind, Line};
pub use fact_student::{
    Progress, Silent, Size, TrainConfig, config::ImageSize, model::Place, objective::Losses,
};
pub use rows::{Objective, Reading, read};
pub use teach::{SUMMARY, Taught, TeachRequest, VOCABULARY, teach};
