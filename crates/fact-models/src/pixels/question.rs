//! Questions in words about flat-coloured images, by a small grammar: no guess, no model.
//!
//! | wording (case, articles and the question mark aside) | answer |
//! |---|---|
//! | `what is this`, `what is the PHRASE` | colour and shape; the shape for a phrase |
//! | `what color is [the] PHRASE`, `what is the color of [the] PHRASE` (also `shape`, `size`) | a word |
//! | `what shape is in the image`, `... is present`, `does the image contain` | a word |
//! | `is there [not] a PHRASE [in the image]`, `is a/no PHRASE present`, `does the image [not] contain a PHRASE` | `yes` / `no` |
//! | `how many PHRASE [are there] [in the image]` | a number |
//!
//! The negated forms ask whether it is absent, as easy-VQA does.

use super::analyse::{Analysis, Item, Size};
use super::phrase::Phrase;
use crate::perception::Refusal;
use fact_lang::tool::BBox;

/// A question understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Asked {
    /// For a property of what the phrase names.
    Property(Property, Phrase),
    /// Whether there is one; or, negated, whether there is none.
    Exists { phrase: Phrase, negated: bool },
    /// How many there are.
    Count(Phrase),
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    Color,
    Shape,
    Size,
    Description,
}

/// Understands a question, or says that it does not.
pub(super) fn parse(question: &str) -> Result<Asked, Refusal> {
    let lower = question.to_lowercase().replace("colour", "color");
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !["", "a", "an", "the"].contains(word))
        .collect();
    let unknown = || {
        Refusal(format!(
            "cannot answer `{question}`; known are questions for the color, shape or size of an \
             item, for existence and for a number"
        ))
    };
    // Where to look is the region; "in the image" adds nothing.
    let mut rest = words.as_slice();
    for end in [
        &["in", "image"][..],
        &["in", "picture"],
        &["in", "region"],
        &["here"],
        &["present"],
        &["are", "there"],
        &["are"],
    ] {
        rest = rest.strip_suffix(end).unwrap_or(rest);
    }
    let phrase = |words: &[&str]| match words {
        [] | ["this" | "it" | "that"] => Ok(Phrase::default()),
        ["this" | "that", rest @ ..] => Phrase::parse(&rest.join(" ")),
        words => Phrase::parse(&words.join(" ")),
    };
    let property = |word: &str| match word {
        "color" => Some(Property::Color),
        "shape" => Some(Property::Shape),
        "size" => Some(Property::Size),
        _ => None,
    };
    let exists = |words: &[&str], negated| {
        Ok(Asked::Exists {
            phrase: phrase(words)?,
            negated,
        })
    };
    match rest {
        ["how", "many", words @ ..] if !words.is_empty() => Ok(Asked::Count(phrase(words)?)),
        ["what", "is", word, "of", words @ ..] if property(word).is_some() => Ok(Asked::Property(
            property(word).ok_or_else(unknown)?,
            phrase(words)?,
        )),
        ["what" | "which", word, "is", words @ ..] if property(word).is_some() => Ok(
            Asked::Property(property(word).ok_or_else(unknown)?, phrase(words)?),
        ),
        ["what", word, "does", "image", "contain"] => Ok(Asked::Property(
            property(word).ok_or_else(unknown)?,
            Phrase::default(),
        )),
        ["what", "is", "this" | "it" | "that"] => {
            Ok(Asked::Property(Property::Description, Phrase::default()))
        }
        ["what", "is", words @ ..] if !words.is_empty() => {
            Ok(Asked::Property(Property::Shape, phrase(words)?))
        }
        ["is", "there", "not" | "no", words @ ..] if !words.is_empty() => exists(words, true),
        ["is" | "are", "there", words @ ..] if !words.is_empty() => exists(words, false),
        ["does", "image", "not", "contain", words @ ..] if !words.is_empty() => exists(words, true),
        ["does", "image", "contain", words @ ..] if !words.is_empty() => exists(words, false),
        ["is", "no", words @ ..] if !words.is_empty() => exists(words, true),
        ["is", words @ ..] if !words.is_empty() && words[0] != "this" && words[0] != "it" => {
            exists(words, false)
        }
        _ => Err(unknown()),
    }
}

impl Asked {
    /// The answer in a region of the image.
    pub(super) fn answer(&self, analysis: &Analysis, region: BBox) -> Result<String, Refusal> {
        match self {
            Asked::Count(phrase) => Ok(count(analysis, region, phrase).to_string()),
            Asked::Exists { phrase, negated } => {
                let found = count(analysis, region, phrase) > 0;
                Ok(if found != *negated { "yes" } else { "no" }.to_owned())
            }
            Asked::Property(_, phrase) if phrase.boxes => Err(Refusal(
                "a box has no property to ask for; ask for what it holds".to_owned(),
            )),
            Asked::Property(property, phrase) => {
                let subjects = analysis.subjects(region, phrase);
                let mut answers: Vec<String> =
                    subjects.iter().map(|item| property.of(item)).collect();
                answers.sort_unstable();
                answers.dedup();
                match answers.as_slice() {
                    [answer] => Ok(answer.clone()),
                    [] => Err(Refusal(format!(
                        "there is no `{}` in the region",
                        phrase.label()
                    ))),
                    several => Err(Refusal(format!(
                        "`{}` names {} different items in the region ({}); crop to one",
                        phrase.label(),
                        subjects.len(),
                        several.join(", ")
                    ))),
                }
            }
        }
    }
}

fn count(analysis: &Analysis, region: BBox, phrase: &Phrase) -> usize {
    if phrase.boxes {
        analysis.panels_in(region, phrase).len()
    } else {
        analysis.items_in(region, phrase).len()
    }
}

impl Property {
    fn of(self, item: &Item) -> String {
        match self {
            Property::Color => item.color.to_owned(),
            Property::Shape => item.shape.name().to_owned(),
            Property::Size => Size::name(item.size).to_owned(),
            Property::Description => format!("{} {}", item.color, item.shape.name()),
        }
    }
}
