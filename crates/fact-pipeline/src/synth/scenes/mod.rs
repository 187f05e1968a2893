//! A seeded generator of the `scenes` world: pictures of things in ten shapes, eight colours, four
//! patterns and three sizes, questions of ten families about them, and the programs that answer.
//!
//! Questions come first: text and wanted answers are chosen, then pictures are drawn until each
//! answer has one. So the text alone does not tell the answer. The splits hold what training shows
//! and what it does not: [`HeldOut`] pairs of colour and shape, [`HeldOut`] forms of programs, more
//! things and deeper programs, and questions of presence whose wrong objects are random, popular
//! or adversarial. What is held out is a function of the seed.
//!
//! ```
//! use fact_pipeline::synth::scenes::{ScenesOptions, Split, generate};
//! let options = ScenesOptions { samples: 4, ..ScenesOptions::default() };
//! for sample in generate(&options, Split::Train)? {
//!     let sample = sample?;
//!     assert_eq!(sample.draw().dimensions(), (96, 96));
//!     assert!(sample.question.ends_with('?'));
//! }
//! # Ok::<(), fact_pipeline::synth::SynthError>(())
//! ```
//!
//! [`write()`] makes a folder of splits; `synth:FOLDER/train` reads one.

mod caption;
mod describe;
mod draw;
mod forms;
mod held_out;
mod picture;
mod place;
mod presence;
mod questions;
mod write;

pub use caption::DESCRIBE;
pub use forms::{Answer, FAMILIES, Family};
pub use held_out::HeldOut;
pub use picture::{Category, Picture, Thing};
pub use place::{Grid, MIN_VISIBLE};
pub use write::{FamilyReport, ScenesWritten, SplitReport, write};

use super::SynthError;
use place::Room;

/// A part of the data.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// To learn from.
    Train,
    /// To choose by: as training.
    Val,
    /// To test on: as training.
    Iid,
    /// About pairs of colour and shape that training never shows or names.
    Pairs,
    /// Forms of programs that training never has.
    Forms,
    /// More things, and half of the questions with deeper programs, in families that have any.
    Length,
    /// Is there a red star? Where not, any that is not there.
    PresenceRandom,
    /// The same pictures; where not, the most frequent that are not there.
    PresencePopular,
    /// The same pictures; where not, those that most often go with what is there.
    PresenceAdversarial,
    /// Pictures to describe.
    Captions,
}

impl Split {
    /// All, in the order in which they are written.
    pub const ALL: [Self; 10] = [
        Self::Train,
        Self::Val,
        Self::Iid,
        Self::Pairs,
        Self::Forms,
        Self::Length,
        Self::PresenceRandom,
        Self::PresencePopular,
        Self::PresenceAdversarial,
        Self::Captions,
    ];

    /// Its name, which is its folder's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Val => "val",
            Self::Iid => "iid",
            Self::Pairs => "pairs",
            Self::Forms => "forms",
            Self::Length => "length",
            Self::PresenceRandom => "presence-random",
            Self::PresencePopular => "presence-popular",
            Self::PresenceAdversarial => "presence-adversarial",
            Self::Captions => "captions",
        }
    }

    /// The split of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|split| split.name() == name)
    }
}

/// Shortest and longest side of an image in pixels.
pub const SIDES: (u32, u32) = (48, 512);
/// Shortest side of a grid's cell in pixels: below, shapes are a few pixels that look alike.
const SHORTEST_CELL: u32 = 12;
/// The most things an image of training may have.
pub const MOST_OBJECTS: usize = 10;
/// The least that the largest number of things may be: what the longest questions speak of.
pub const LEAST_MOST: usize = 5;
/// How many things more than training's most the split `length` has at most.
const LONGER: usize = 4;

/// What to generate.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScenesOptions {
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// Samples of the split `train`.
    pub samples: usize,
    /// Samples of each other split.
    pub held_out: usize,
    /// The splits to write.
    pub splits: Vec<Split>,
    /// Images a question, each with another answer as far as there are some.
    pub per_question: usize,
    /// Width of images in pixels.
    pub width: u32,
    /// Height of images in pixels.
    pub height: u32,
    /// Fewest things in an image.
    pub min_objects: usize,
    /// Most things in an image, but for the split `length`.
    pub max_objects: usize,
    /// How far the ground's grain departs from its grey, 0 to 40; 0 leaves out clutter too.
    pub noise: u8,
    /// Cells that hold one thing each, in their middle, and give the sizes of things; things lie anywhere
    /// if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<Grid>,
    /// The values that things have, words of any category; all values of a category of which none is
    /// named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
}

impl Default for ScenesOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            samples: 2000,
            held_out: 500,
            splits: Split::ALL.to_vec(),
            per_question: 2,
            width: 96,
            height: 96,
            min_objects: 3,
            max_objects: 7,
            noise: 8,
            grid: None,
            only: Vec::new(),
        }
    }
}

impl ScenesOptions {
    /// Whether data can be made so.
    ///
    /// # Errors
    /// [`SynthError::Option`] names the first option that makes no sense.
    pub fn check(&self) -> Result<(), SynthError> {
        let refuse = |option, value: String, expected: String| {
            Err(SynthError::Option {
                option,
                value,
                expected,
            })
        };
        let (shortest, longest) = SIDES;
        for (option, side) in [("width", self.width), ("height", self.height)] {
            if !(shortest..=longest).contains(&side) {
                let expected = format!("an image is {shortest} to {longest} pixels wide and high");
                return refuse(option, side.to_string(), expected);
            }
        }
        let objects = || format!("{}-{}", self.min_objects, self.max_objects);
        if self.min_objects == 0 || self.min_objects > self.max_objects {
            let expected = "expected FEWEST-MOST, from 1 up, such as 3-7".to_owned();
            return refuse("objects", objects(), expected);
        }
        if !(LEAST_MOST..=MOST_OBJECTS).contains(&self.max_objects) {
            let expected = format!(
                "the most must be {LEAST_MOST} to {MOST_OBJECTS}: questions speak of up to \
                 {LEAST_MOST} things, and more than {MOST_OBJECTS} would hide each other"
            );
            return refuse("objects", objects(), expected);
        }
        if self.per_question == 0 {
            let expected = "a question needs at least one image".to_owned();
            return refuse("per_question", "0".to_owned(), expected);
        }
        if self.noise > 40 {
            let expected = "noise is 0 to 40; above, things could not be seen".to_owned();
            return refuse("noise", self.noise.to_string(), expected);
        }
        for word in &self.only {
            let known = |category: &Category| category.values().contains(&word.as_str());
            if !Category::ALL.iter().any(known) {
                let all = Category::ALL.map(|category| category.values().join(", "));
                return refuse("only", word.clone(), format!("expected {}", all.join(", ")));
            }
        }
        for (category, values) in Category::ALL.into_iter().zip(self.palette()) {
            // Fewer colours or shapes would leave no objects to ask for that are not there.
            let least = match category {
                Category::Size | Category::Pattern => 2,
                Category::Color | Category::Shape => 4,
            };
            if values.len() < least {
                let words = values.iter().map(|v| category.values()[usize::from(*v)]);
                let words: Vec<&str> = words.collect();
                let expected = format!("name at least {least} values of {}", category.word());
                return refuse("only", words.join(","), expected);
            }
        }
        if let Some(grid) = self.grid {
            let most = self.max_objects + LONGER;
            let (width, height) = (
                self.width / grid.columns.max(1),
                self.height / grid.rows.max(1),
            );
            if (grid.columns as usize).saturating_mul(grid.rows as usize) < most {
                let expected = format!("{most} cells are needed, {LONGER} more than --objects");
                return refuse("grid", grid.to_string(), expected);
            }
            if width.min(height) < SHORTEST_CELL {
                let expected = format!("a cell must be {SHORTEST_CELL} pixels wide and high");
                return refuse("grid", grid.to_string(), expected);
            }
        }
        if self.splits.is_empty() {
            let expected = "name at least one split".to_owned();
            return refuse("splits", "empty".to_owned(), expected);
        }
        Ok(())
    }

    /// The values that there are, of each category.
    fn palette(&self) -> [Vec<u8>; 4] {
        Category::ALL.map(|category| {
            let all = (0u8..).zip(category.values());
            let named = |word: &str| self.only.iter().any(|only| only == word);
            let some = category.values().iter().any(|word| named(word));
            let kept = all.filter(|(_, word)| !some || named(word));
            kept.map(|(value, _)| value).collect()
        })
    }

    /// How many samples a split gets.
    pub fn size(&self, split: Split) -> usize {
        match split {
            Split::Train => self.samples,
            _ => self.held_out,
        }
    }

    /// What pictures of a split are like.
    fn room<'a>(&self, split: Split, held_out: &'a HeldOut) -> Room<'a> {
        let objects = match split {
            Split::Length => (self.max_objects + 1, self.max_objects + LONGER),
            _ => (self.min_objects, self.max_objects),
        };
        Room {
            width: self.width.cast_signed(),
            height: self.height.cast_signed(),
            noise: self.noise,
            grid: self.grid,
            objects,
            held_out,
            pairs: split == Split::Pairs,
        }
    }
}

/// One sample.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenesSample {
    /// Unique: `scenes-SEED-SPLIT-NUMBER`.
    pub id: String,
    /// Path of the image relative to the split's folder.
    pub image: String,
    /// The question.
    pub question: String,
    /// Its answer: `yes`, `no`, a number, or the value of an attribute; the caption in the split
    /// `captions`.
    pub answer: String,
    /// Samples of one question have the same group.
    pub group: String,
    /// Identifier of the picture. Only the three splits of presence share pictures.
    pub scene: String,
    /// Name of the question's family.
    pub family: &'static str,
    /// Name of the form of the program.
    pub form: &'static str,
    /// Which of the form's wordings.
    pub wording: String,
    /// The split.
    pub split: Split,
    /// Source of a program in the `scene` pack that returns the answer; none for captions.
    pub program: Option<String>,
    /// All that the picture shows, a sentence a thing, in an order of its own.
    pub caption: String,
    /// What the image shows.
    pub picture: Picture,
}

impl ScenesSample {
    /// Draws the image.
    pub fn draw(&self) -> image::RgbImage {
        draw::draw(&self.picture)
    }

    /// The share of each thing of the picture that can be seen, in percent.
    pub fn visible(&self) -> Vec<u32> {
        draw::visible(&self.picture)
    }
}

/// Generates the samples of a split, one after the other; a larger number of samples begins with
/// the same ones.
///
/// # Errors
/// [`SynthError::Option`]; and, as items, [`SynthError::Impossible`] where options leave no room
/// for a form of questions.
pub fn generate(options: &ScenesOptions, split: Split) -> Result<ScenesSamples, SynthError> {
    options.check()?;
    let made: ScenesSamples = match split {
        Split::PresenceRandom | Split::PresencePopular | Split::PresenceAdversarial => {
            Box::new(presence::Presence::new(options, split).map(Ok))
        }
        Split::Captions => Box::new(caption::captions(options).map(Ok)),
        _ => Box::new(questions::Questions::new(options, split)),
    };
    Ok(Box::new(made.take(options.size(split))))
}

/// The stream of samples; made by [`generate`].
pub type ScenesSamples = Box<dyn Iterator<Item = Result<ScenesSample, SynthError>>>;

#[cfg(test)]
mod tests;
