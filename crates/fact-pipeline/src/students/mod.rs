//! Students on files: rows of exports → examples, trainings of several sizes, predictions.
//!
//! What a student is and how it learns is `fact_student`'s; here are the files around it.

mod error;
mod eval;
pub mod experiment;
mod learned;
mod rows;
mod teach;

pub use error::StudentError;
pub use eval::{Accuracy, EvalRequest, Evaluated, PREDICTIONS, evaluate};
pub use fact_student::train::{Kind, Line};
pub use fact_student::{
    Progress, Silent, Size, TrainConfig, config::ImageSize, model::Place, objective::Losses,
};
pub use learned::LEARNED;
pub(crate) use learned::Learned;
pub(crate) use rows::sized;
pub use rows::{Objective, Reading, read};
pub(crate) use teach::write;
pub use teach::{SUMMARY, Taught, TeachRequest, VOCABULARY, teach};
