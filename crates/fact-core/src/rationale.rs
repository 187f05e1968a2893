//! The rationale: ordered, cited steps and a conclusion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a question has its answer, each sentence backed by what a program did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rationale {
    /// The steps, in reading order; the conclusion is not among them.
    pub steps: Vec<Step>,
    /// The last sentence, which states the answer.
    pub conclusion: String,
}

impl Rationale {
    /// The running text: the steps, then the conclusion.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for step in &self.steps {
            text.push_str(&step.text);
            text.push(' ');
        }
        text.push_str(&self.conclusion);
        text
    }
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What the sentence does.
    pub kind: StepKind,
    /// The sentence.
    pub text: String,
    /// Trace events of the residual program's run that back it.
    pub cites: Vec<u32>,
    /// Boxes of what it speaks of.
    pub boxes: Vec<GroundedBox>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Says what perception answered.
    Evidence,
    /// Says what follows from earlier steps.
    Inference,
    /// Says what the code leaves implicit.
    Bridge,
}

/// A named box in an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroundedBox {
    /// What the text calls it.
    pub name: String,
    /// Index of the image among the sample's.
    pub image: usize,
    /// left, top, right, bottom in pixels of the image, origin top-left, right/bottom exclusive.
    #[serde(rename = "box")]
    pub bbox: [f64; 4],
}
