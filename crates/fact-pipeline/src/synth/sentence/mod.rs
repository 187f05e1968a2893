//! Sentences: English, the program that judges it, and the truth as the generator knows it.
//!
//! The truth is computed from the picture's own lists in Rust, the program runs on what is
//! perceived: a test holds both against each other.

mod scatter;
mod towers;

use super::picture::{Layout, Picture};
use super::rng::Rng;

/// Whether a sentence is true of a picture; `None` if it makes no sense there (it speaks of *all
/// black circles* and there are none).
type Truth = Box<dyn Fn(&Picture) -> Option<bool> + Send>;

/// A sentence about pictures of one layout.
pub(super) struct Sentence {
    pub(super) text: String,
    pub(super) program: String,
    pub(super) layout: Layout,
    truth: Truth,
}

impl Sentence {
    /// A random sentence.
    pub(super) fn random(rng: &mut Rng) -> Self {
        let (layout, templates): (_, &[Template]) = if rng.chance(55) {
            (Layout::Scatter, scatter::TEMPLATES)
        } else {
            (Layout::Towers, towers::TEMPLATES)
        };
        let draft = rng.pick(templates)(rng);
        let mut text = draft.text;
        if let Some(first) = text.get(..1) {
            let first = first.to_uppercase();
            text.replace_range(..1, &first);
        }
        if rng.chance(80) {
            text.push('.');
        }
        Self {
            text,
            program: format!("def execute_command(image):\n{}", draft.body),
            layout,
            truth: draft.truth,
        }
    }

    /// Whether the sentence is true of the picture.
    pub(super) fn truth(&self, picture: &Picture) -> Option<bool> {
        (self.truth)(picture)
    }
}

/// What a template makes.
struct Draft {
    text: String,
    /// The program's body, indented.
    body: String,
    truth: Truth,
}

type Template = fn(&mut Rng) -> Draft;

fn draft(
    text: String,
    body: String,
    truth: impl Fn(&Picture) -> Option<bool> + Send + 'static,
) -> Draft {
    Draft {
        text,
        body,
        truth: Box::new(truth),
    }
}

/// A body of one statement.
fn returns(expression: impl std::fmt::Display) -> String {
    format!("    return {expression}\n")
}

/// Words for a box, and for the image, in one sentence.
fn box_words(rng: &mut Rng) -> (&'static str, &'static str) {
    rng.pick(&[
        ("box", "boxes"),
        ("box", "boxes"),
        ("grey box", "grey boxes"),
        ("gray box", "gray boxes"),
    ])
}

fn image_word(rng: &mut Rng) -> &'static str {
    rng.pick(&["image", "picture"])
}

/// (index in programs, words) of a box by its place.
fn place_words(rng: &mut Rng) -> (usize, &'static str) {
    rng.pick(&[
        (0, "first"),
        (0, "leftmost"),
        (0, "left"),
        (1, "second"),
        (1, "middle"),
        (2, "third"),
        (2, "last"),
        (2, "rightmost"),
        (2, "right"),
    ])
}
