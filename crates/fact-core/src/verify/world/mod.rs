//! Latent worlds: scenes that agree with what perception was asked and answered, and that answer
//! whatever else a program may ask.
//!
//! A photograph has no annotated scene to run a candidate on again, and one table of answers says
//! little about a program. A [`World`] is a scene made up behind the table: objects at the boxes
//! that were found, with the names, attributes and relations that were told, and a seeded draw for
//! everything else. [`World::perturbed`] changes that scene, not single answers, so that what the
//! tools say stays of one piece.
//!
//! In the order data flows: `build` makes a scene of `thing`s from records, `answer` answers
//! from it (`unseen` and `holders` have what nobody asked about, `query` what is answered in
//! words), `perturb` changes it thing by thing (`change`; `layout` knows where things rest on each
//! other). `words` and `classes` know language, `seed` draws.

mod answer;
mod build;
mod change;
mod classes;
mod holders;
mod layout;
mod perturb;
mod query;
mod seed;
mod thing;
mod unseen;
mod words;

use classes::Classes;
use fact_lang::pack::Vocabulary;
use fact_lang::run::Inputs;
use fact_lang::tool::{Answer, Answers, Arg, BBox, Recorded, Request};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use thing::Thing;

/// Most objects that a world knows one by one; what was found beyond them is answered as recorded.
const MAX_THINGS: usize = 400;

/// What a fact is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    /// No image: a question of general knowledge.
    Nowhere,
    /// A whole image.
    Image(usize),
    /// An object, by its place in the world.
    Thing(usize),
    /// Another region of an image, in whole pixels.
    Place(usize, [i64; 4]),
}

/// An answer that the scene does not give by itself.
#[derive(Debug, Clone)]
struct Fact {
    request: Request,
    answer: Answer,
}

/// A recorded answer that the scene would give otherwise: boxes that differ from crop to crop,
/// contradictions, errors.
#[derive(Debug, Clone)]
struct Override {
    request: Request,
    answer: Answer,
    /// The things behind its detections.
    things: Vec<Option<usize>>,
}

/// A region of an image in which all that a phrase names is known.
#[derive(Debug, Clone)]
struct Zone {
    image: usize,
    phrase: String,
    region: BBox,
    /// Whether anything was found.
    empty: bool,
}

/// In which order things are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// As they were first found.
    First,
    /// By left edge, then by top edge.
    Left,
    /// By top edge, then by left edge.
    Top,
    /// The surest first.
    Score,
}

/// A latent scene that answers every request.
///
/// An answer is a function of the world and the request: not of what was asked before.
#[derive(Debug, Clone)]
pub struct World {
    seed: u64,
    /// Width and height by image.
    sizes: Vec<(f64, f64)>,
    things: Vec<Thing>,
    classes: Classes,
    /// Things that were looked into exactly as they are: boxes that hold others.
    containers: BTreeSet<usize>,
    zones: Vec<Zone>,
    order: Order,
    /// Whether the back end labels what it finds with the words it was asked for.
    echoes: bool,
    /// “a `.0` b” by places of a and b.
    relations: BTreeMap<(String, usize, usize), bool>,
    facts: BTreeMap<(Spot, String), Fact>,
    overrides: BTreeMap<String, Override>,
    /// Recorded answers by tool, for tools that nobody knows.
    answered: BTreeMap<String, Vec<Answer>>,
}

impl World {
    /// A world that is consistent with what all candidates of a sample asked and were told: to each
    /// recorded request it gives exactly the recorded answer (to one recorded twice, the first).
    pub fn of(inputs: &Inputs, answers: &[Recorded], seed: u64) -> Self {
        build::world(inputs, answers, seed)
    }

    /// Another world like this one. Objects are added, removed, recoloured (given another value of
    /// a class of attributes: one of the vocabulary, or one that was seen), moved and resized;
    /// verdicts, texts and numbers change. How much changes depends on the seed: from a single
    /// object to nearly all of them.
    ///
    /// `vocabulary` is the pack's; it may be empty.
    #[must_use]
    pub fn perturbed(&self, seed: u64, vocabulary: &Vocabulary) -> Self {
        perturb::perturbed(self, seed, vocabulary)
    }

    /// The answer to a request.
    pub fn reply(&self, request: &Request) -> Answer {
        match self.overrides.get(&key(request)) {
            Some(known) => known.answer.clone(),
            None => self.derived(request),
        }
    }

    /// Whole image, as far as known.
    fn frame(&self, image: usize) -> Option<BBox> {
        let &(width, height) = self.sizes.get(image)?;
        Some(BBox {
            left: 0.0,
            top: 0.0,
            right: width,
            bottom: height,
        })
    }

    /// The things of an image that are there, with their places.
    fn present(&self, image: usize) -> impl Iterator<Item = (usize, &Thing)> {
        let things = self.things.iter().enumerate();
        things.filter(move |(_, thing)| thing.image == image && !thing.gone)
    }
}

/// Answers every request: a run on a world never suspends.
impl Answers for World {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        Some(self.reply(request))
    }
}

/// A world can be asked by many at a time.
impl Answers for &World {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        Some(self.reply(request))
    }
}

/// What tells requests apart.
fn key(request: &Request) -> String {
    let mut key = format!("{}\u{0}{}\u{0}", request.tool, request.image);
    sides(&mut key, request.region);
    for (_, arg) in &request.args {
        key.push('\u{0}');
        write_arg(&mut key, arg);
    }
    key
}

fn sides(key: &mut String, region: BBox) {
    for side in <[f64; 4]>::from(region) {
        // Adding 0 makes -0 the 0 that it equals. Writing to a String cannot fail.
        let _ = write!(key, "{} ", side + 0.0);
    }
}

fn write_arg(key: &mut String, arg: &Arg) {
    // Writing to a String cannot fail.
    let _ = match arg {
        Arg::None => write!(key, "n"),
        Arg::Bool(b) => write!(key, "b{b}"),
        Arg::Int(i) => write!(key, "i{i}"),
        Arg::Float(f) => write!(key, "f{}", f + 0.0),
        Arg::Str(text) => write!(key, "s{}:{text}", text.len()),
        Arg::List(items) => {
            key.push('[');
            for item in items {
                write_arg(key, item);
                key.push(',');
            }
            write!(key, "]")
        }
        Arg::Region { image, region } => {
            let start = write!(key, "r{image} ");
            sides(key, *region);
            start
        }
    };
}
