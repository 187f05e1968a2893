//! Seeded generators of data: the `blocks` world here, the richer [`scenes`] world beside it.
//!
//! A seeded generator of `blocks` data: images, sentences that are true or false of them, and the
//! programs that tell.
//!
//! Nothing comes from outside: pictures are laid out in NLVR's manner (three boxes, items scattered
//! or stacked), drawn with or without smoothing, and described by some forty templates in varied
//! wordings. Each sentence comes with several images, half of them true; half of the false ones
//! differ from a true one by one change only. The same options give the same bytes for ever.
//!
//! ```
//! use fact_pipeline::synth::{SynthOptions, generate};
//! let options = SynthOptions { samples: 8, ..SynthOptions::default() };
//! for sample in generate(&options)? {
//!     assert_eq!(sample.draw().dimensions(), (400, 100));
//!     assert!(sample.program.starts_with("def execute_command(image):"));
//! }
//! # Ok::<(), fact_pipeline::synth::SynthError>(())
//! ```
//!
//! [`write()`] makes a data set folder of it, which `synth:FOLDER` reads: `samples.jsonl` (columns
//! `id`, `image`, `question`, `answer`, `group`, `scene_id`, `program`, `structured_rep`) and
//! `images/`.

mod draw;
mod picture;
mod rng;
pub mod scenes;
mod sentence;
mod words;
mod write;

pub use picture::{Color, Item, Layout, Picture, Shape, Size};
pub use write::{Written, write};

use rng::Rng;
use sentence::Sentence;
use std::collections::{HashSet, VecDeque};

/// How edges of items are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Smoothing {
    /// Each pixel is an item's or not.
    Off,
    /// Edges are blended.
    On,
    /// Each image one or the other, at random.
    #[default]
    Mixed,
}

/// What to generate.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SynthOptions {
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// Number of samples, each with an image of its own.
    pub samples: usize,
    /// Images a sentence; the last sentence may have fewer. At least 1.
    pub per_sentence: usize,
    /// How images are drawn.
    pub smoothing: Smoothing,
}

impl Default for SynthOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            samples: 200,
            per_sentence: 4,
            smoothing: Smoothing::Mixed,
        }
    }
}

/// One sample.
#[derive(Debug, Clone, PartialEq)]
pub struct SynthSample {
    /// Unique: `synth-SEED-NUMBER`.
    pub id: String,
    /// Path of the image relative to the data set's folder.
    pub image: String,
    /// The sentence.
    pub question: String,
    /// Whether it is true of the picture.
    pub answer: bool,
    /// Samples of one sentence have the same group.
    pub group: String,
    /// Identifier of the picture: no two samples share one.
    pub scene: String,
    /// Source of a program in the `blocks` pack that returns the answer.
    pub program: String,
    /// What the image shows.
    pub picture: Picture,
    /// Whether its edges are blended.
    pub smooth: bool,
}

impl SynthSample {
    /// Draws the image: 400×100 pixels.
    pub fn draw(&self) -> image::RgbImage {
        draw::draw(&self.picture, self.smooth)
    }
}

/// Why nothing could be generated or written.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// Options that make no sense.
    #[error("`per_sentence` is 0; a sentence needs at least one image")]
    NoImages,
    /// The folder holds something that is not a generated data set.
    #[error("`{folder}` is not empty and holds no `{mark}`; give a new or empty folder")]
    Occupied {
        /// The folder.
        folder: std::path::PathBuf,
        /// The file that would mark it as ours.
        mark: &'static str,
    },
    /// An option that makes no sense.
    #[error("`{option}` is {value}; {expected}")]
    Option {
        /// Its name.
        option: &'static str,
        /// What it was.
        value: String,
        /// What would do.
        expected: String,
    },
    /// No picture fits the questions of a form.
    #[error(
        "no picture was found for questions of form `{form}` in split `{split}`; allow more objects \
         or a larger range of them"
    )]
    Impossible {
        /// The split.
        split: &'static str,
        /// The form.
        form: &'static str,
    },
    /// Writing failed.
    #[error("cannot write `{path}`")]
    Write {
        /// The file or folder.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An image could not be encoded.
    #[error("cannot encode the image of `{id}`")]
    Encode {
        /// The sample.
        id: String,
        /// Why.
        source: image::ImageError,
    },
}

impl SynthError {
    /// The failure to write a file or folder.
    fn writing(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }
}

/// Generates samples, sentence by sentence.
///
/// # Errors
/// [`SynthError::NoImages`].
pub fn generate(options: &SynthOptions) -> Result<Samples, SynthError> {
    if options.per_sentence == 0 {
        return Err(SynthError::NoImages);
    }
    Ok(Samples {
        rng: Rng::new(options.seed),
        options: options.clone(),
        said: HashSet::new(),
        sentences: 0,
        made: 0,
        ready: VecDeque::new(),
    })
}

/// The stream of samples; made by [`generate`].
pub struct Samples {
    rng: Rng,
    options: SynthOptions,
    /// Sentences already used.
    said: HashSet<String>,
    sentences: usize,
    made: usize,
    ready: VecDeque<SynthSample>,
}

/// Pictures tried for each wanted answer before a sentence is given up.
const TRIES: usize = 400;
/// Repetitions of old sentences accepted before one is used again (under its old group's text,
/// which then has more images).
const REPEATS: usize = 1000;

impl Iterator for Samples {
    type Item = SynthSample;

    fn next(&mut self) -> Option<SynthSample> {
        if self.made == self.options.samples {
            return None;
        }
        while self.ready.is_empty() {
            self.make_sentence();
        }
        self.made += 1;
        self.ready.pop_front()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.options.samples - self.made;
        (left, Some(left))
    }
}

impl Samples {
    /// A new sentence with its images, or nothing if it is (nearly) always true or false.
    fn make_sentence(&mut self) {
        let mut sentence = Sentence::random(&mut self.rng);
        for _ in 0..REPEATS {
            if !self.said.contains(&sentence.text) {
                break;
            }
            sentence = Sentence::random(&mut self.rng);
        }
        let mut answers: Vec<bool> = (0..self.options.per_sentence).map(|n| n % 2 == 0).collect();
        if self.rng.chance(50) {
            // Odd numbers are not to favour true.
            answers.iter_mut().for_each(|answer| *answer = !*answer);
        }
        shuffle(&mut answers, &mut self.rng);
        let mut pictures: Vec<Picture> = Vec::new();
        // The first true picture is what near misses start from.
        let Some(model) = find_picture(&sentence, true, &[], &mut self.rng) else {
            return;
        };
        let mut model_used = false;
        for &answer in &answers {
            let near_miss = !answer && self.rng.chance(50);
            let found = if answer && !model_used {
                model_used = true;
                Some(model.clone())
            } else if near_miss {
                miss(&sentence, &model, &pictures, &mut self.rng)
                    .or_else(|| find_picture(&sentence, false, &pictures, &mut self.rng))
            } else {
                find_picture(&sentence, answer, &pictures, &mut self.rng)
            };
            match found {
                Some(picture) => pictures.push(picture),
                None => return,
            }
        }
        let group = format!("synth-{}-s{}", self.options.seed, self.sentences);
        self.sentences += 1;
        let before = self.made;
        for (at, (picture, answer)) in pictures.into_iter().zip(answers).enumerate() {
            let number = before + at;
            let id = format!("synth-{}-{number}", self.options.seed);
            let smooth = match self.options.smoothing {
                Smoothing::Off => false,
                Smoothing::On => true,
                Smoothing::Mixed => self.rng.chance(50),
            };
            self.ready.push_back(SynthSample {
                image: format!("images/{id}.png"),
                question: sentence.text.clone(),
                answer,
                group: group.clone(),
                scene: id.clone(),
                program: sentence.program.clone(),
                picture,
                smooth,
                id,
            });
        }
        self.said.insert(sentence.text);
    }
}

/// A picture for which the sentence has this answer, other than those used.
fn find_picture(
    sentence: &Sentence,
    answer: bool,
    used: &[Picture],
    rng: &mut Rng,
) -> Option<Picture> {
    (0..TRIES).find_map(|_| {
        let picture = Picture::random(sentence.layout, rng);
        (sentence.truth(&picture) == Some(answer) && !used.contains(&picture)).then_some(picture)
    })
}

/// The picture with as few changes as make the sentence false.
fn miss(
    sentence: &Sentence,
    picture: &Picture,
    used: &[Picture],
    rng: &mut Rng,
) -> Option<Picture> {
    for changes in 1..=3 {
        for _ in 0..TRIES / 10 {
            let mut changed = picture.clone();
            for _ in 0..changes {
                changed = changed.mutated(rng);
            }
            if sentence.truth(&changed) == Some(false) && !used.contains(&changed) {
                return Some(changed);
            }
        }
    }
    None
}

fn shuffle(answers: &mut [bool], rng: &mut Rng) {
    for at in (1..answers.len()).rev() {
        answers.swap(at, rng.below(at + 1));
    }
}

#[cfg(test)]
mod tests;
