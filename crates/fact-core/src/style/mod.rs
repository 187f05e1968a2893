//! Styles: a rationale as a trainer wants it.
//!
//! A [`Style`] is a layout (running text, thought and answer, numbered steps), boxes or none
//! ([`Boxes`]), and a length. It applies to any [`Rationale`], whoever wrote it. What comes from data
//! and models is [`guard`]ed, so that it cannot be taken for markup. `docs/styles.md` shows each.

mod boxes;
pub mod guard;
mod short;

pub use boxes::{Boxes, PlacedBox};

use crate::rationale::Rationale;
use fact_lang::tool::ImageRef;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How a rationale is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// The sentences as running text, the last of which states the answer.
    #[default]
    Plain,
    /// `<think>sentences</think>answer`: the sentences without the last one, then the bare answer.
    Think,
    /// A numbered line for each sentence without the last one, then a line `Answer: ` with the bare
    /// answer.
    Steps,
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Every sentence.
    #[default]
    Long,
    /// What decided the answer: the last inference and the last evidence, and the latest evidence
    /// for each number that the inference speaks of. True, but no proof: what was left out may be
    /// needed to see that the answer follows.
    Short,
}

/// How a rationale is written. The default is [`Rationale::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Style {
    /// Its layout.
    pub layout: Layout,
    /// Boxes in the text, if any.
    pub boxes: Option<Boxes>,
    /// How much of it.
    pub length: Length,
}

/// A rationale in a style.
#[derive(Debug, Clone, PartialEq)]
pub struct Styled {
    /// The text.
    pub text: String,
    /// The boxes in the text, in its order; in the style [`Boxes::Objects`] they stand nowhere else.
    pub boxes: Vec<PlacedBox>,
    /// Boxes that could not be written: outside of their image, without area, or not of numbers.
    pub boxes_left_out: usize,
}

/// Why a rationale cannot be written in a style.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StyleError {
    /// The answer would not come back as it is.
    #[error("the answer {0:?} holds markup of trainers, or a line break")]
    Answer(String),
    /// There is nothing to teach.
    #[error("the answer is empty")]
    NoAnswer,
}

/// Writes a rationale in a style. `answer` is the bare answer in the data set's own form; `images`
/// are those that boxes refer to.
///
/// # Errors
/// If the answer holds markup: it cannot be escaped, as it has to come back as it is.
pub fn render(
    rationale: &Rationale,
    answer: &str,
    images: &[ImageRef],
    style: Style,
) -> Result<Styled, StyleError> {
    if answer.trim().is_empty() {
        return Err(StyleError::NoAnswer);
    }
    if !guard::is_clean(answer) {
        return Err(StyleError::Answer(answer.to_owned()));
    }
    let mut styled = Styled {
        text: String::new(),
        boxes: Vec::new(),
        boxes_left_out: 0,
    };
    let mut sentences = Vec::new();
    let kept = match style.length {
        Length::Long => (0..rationale.steps.len()).collect(),
        Length::Short => short::deciding(&rationale.steps),
    };
    for step in kept.into_iter().map(|at| &rationale.steps[at]) {
        let text = guard::clean(&step.text, style.boxes.is_some());
        let Some(form) = style.boxes else {
            sentences.push(text);
            continue;
        };
        let placed: Vec<PlacedBox> = step
            .boxes
            .iter()
            .filter_map(|grounded| PlacedBox::new(grounded, images))
            .collect();
        styled.boxes_left_out += step.boxes.len() - placed.len();
        let (sentence, order) = boxes::insert(&text, &placed, form, images.len() > 1);
        sentences.push(sentence);
        styled.boxes.extend(order);
    }
    let conclusion = guard::clean(&rationale.conclusion, style.boxes.is_some());
    styled.text = match style.layout {
        Layout::Plain => {
            sentences.push(conclusion);
            sentences.join(" ")
        }
        Layout::Think => format!("<think>{}</think>{answer}", sentences.join(" ")),
        Layout::Steps => {
            let mut lines: Vec<String> = (1..)
                .zip(&sentences)
                .map(|(number, sentence)| format!("{number}. {sentence}"))
                .collect();
            lines.push(format!("Answer: {answer}"));
            lines.join("\n")
        }
    };
    Ok(styled)
}

/// The answer of a text in a layout; of [`Layout::Plain`], as the rules of the bridge conclude.
/// `None` if it has none.
pub fn answer_of(text: &str, layout: Layout) -> Option<&str> {
    match layout {
        Layout::Think => text.rsplit_once("</think>").map(|(_, answer)| answer),
        Layout::Steps => text.lines().last()?.strip_prefix("Answer: "),
        Layout::Plain => {
            let found = ["the answer is ", "the statement is "]
                .iter()
                .filter_map(|said| Some((text.rfind(said)?, said.len())))
                .max()?;
            text[found.0 + found.1..].strip_suffix('.')
        }
    }
}

impl Layout {
    /// Its name, which [`FromStr`] reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Think => "think",
            Self::Steps => "steps",
        }
    }
}

impl FromStr for Layout {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "plain" => Ok(Self::Plain),
            "think" => Ok(Self::Think),
            "steps" => Ok(Self::Steps),
            other => Err(format!(
                "unknown layout `{other}`, expected one of: plain, think, steps"
            )),
        }
    }
}

impl FromStr for Length {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "long" => Ok(Self::Long),
            "short" => Ok(Self::Short),
            other => Err(format!(
                "unknown length `{other}`, expected one of: short, long"
            )),
        }
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.layout.name())?;
        if let Some(boxes) = self.boxes {
            write!(f, ", boxes {boxes}")?;
        }
        match self.length {
            Length::Long => Ok(()),
            Length::Short => f.write_str(", short"),
        }
    }
}
