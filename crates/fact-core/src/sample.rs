//! Samples: what a data set asks.

use serde::{Deserialize, Serialize};

/// One (image, question, answer) of a data set. Images and annotations are the reader's to give;
/// this is what every later stage and the run store know of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Unique within its data set.
    pub id: String,
    /// Path of each image relative to the data root, or a name for embedded images.
    pub images: Vec<String>,
    /// The question, or a sentence to judge.
    pub question: String,
    /// Accepted answers with their weight in (0, 1]; empty when the data set has none.
    pub answers: Vec<WeightedAnswer>,
    /// Samples with the same group ask the same question of other images: *siblings*.
    pub group: String,
    /// Samples of a group with the same scene are reorderings of one scene and count as one.
    pub scene: String,
    /// Choices of a multiple-choice question, else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Kind of question, where the data set tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Name of the split, where the data set tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
}

/// An accepted answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightedAnswer {
    /// In the data set's own form.
    pub text: String,
    /// Score of giving it: 1 for the one right answer; VQA's soft accuracy in between.
    pub weight: f64,
}

impl Sample {
    /// The best accepted answer, in the data set's own form.
    pub fn answer(&self) -> Option<&str> {
        self.answers
            .iter()
            .reduce(|best, a| if a.weight > best.weight { a } else { best })
            .map(|a| a.text.as_str())
    }
}
