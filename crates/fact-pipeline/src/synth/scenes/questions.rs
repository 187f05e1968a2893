//! Questions with their pictures.

use super::super::SynthError;
use super::super::rng::Rng;
use super::describe::Scope;
use super::forms::{Answer, FAMILIES, FORMS, Family, Form, Question};
use super::held_out::{HeldOut, shuffle, stream};
use super::picture::Picture;
use super::{ScenesOptions, ScenesSample, Split, caption, place};
use std::collections::{BTreeMap, VecDeque};

/// Pictures laid out for each wanted answer before a question is given up.
const TRIES: usize = 150;
/// Questions of a form given up before the options are held to be impossible. Where few values are popular, most
/// pictures show a pair that is held out, and of those that do not, few have three links of a chain.
const QUESTIONS: usize = 20_000;
/// Every number of possible answers divides it, so that each answer is wanted equally often.
const ANSWERS: usize = 5040;

/// The stream of a split's samples, without end.
pub(super) struct Questions {
    options: ScenesOptions,
    split: Split,
    held_out: HeldOut,
    rng: Rng,
    /// Families still to come in this round.
    round: Vec<Family>,
    /// Group by question.
    groups: BTreeMap<String, String>,
    made: usize,
    ready: VecDeque<ScenesSample>,
    failed: bool,
}

impl Questions {
    pub(super) fn new(options: &ScenesOptions, split: Split) -> Self {
        Self {
            options: options.clone(),
            split,
            held_out: HeldOut::of(options),
            rng: stream(options.seed, split.name()),
            round: Vec::new(),
            groups: BTreeMap::new(),
            made: 0,
            ready: VecDeque::new(),
            failed: false,
        }
    }

    fn next_family(&mut self) -> Family {
        if let Some(family) = self.round.pop() {
            return family;
        }
        self.round = FAMILIES.to_vec();
        shuffle(&mut self.round, &mut self.rng);
        self.round.pop().unwrap_or(Family::Existence)
    }

    /// A form of the family that this split asks.
    fn form(&mut self, family: Family) -> &'static Form {
        let held = |form: &Form| self.held_out.forms.contains(&form.name);
        let own: Vec<&'static Form> = FORMS
            .iter()
            .filter(|form| form.family == family)
            .filter(|form| match self.split {
                Split::Forms => held(form),
                Split::Length => !held(form),
                _ => !form.deep && !held(form),
            })
            .collect();
        let (deep, plain): (Vec<_>, Vec<_>) = own.into_iter().partition(|form| form.deep);
        // Only the split `length` has deep ones.
        if !deep.is_empty() && self.rng.chance(50) {
            self.rng.pick(&deep)
        } else {
            self.rng.pick(&plain)
        }
    }

    /// A new question with its pictures.
    fn ask(&mut self) -> Result<(), SynthError> {
        let family = self.next_family();
        let form = self.form(family);
        let first = self.rng.below(ANSWERS);
        for _ in 0..QUESTIONS {
            let scope = Scope {
                held_out: &self.held_out,
                pairs: self.split == Split::Pairs,
            };
            let question = (form.ask)(&mut self.rng, scope);
            let named = |need: &place::Need| need.noun.names_pair_of(&self.held_out);
            if !scope.pairs && question.needs.iter().any(named) {
                continue;
            }
            let pictures: Option<Vec<(Answer, Picture)>> = (0..self.options.per_question)
                .map(|at| {
                    let wanted = question.wanted[(first + at) % question.wanted.len()];
                    Some((wanted, self.picture(&question, wanted)?))
                })
                .collect();
            if let Some(pictures) = pictures {
                self.add(form, &question, pictures);
                return Ok(());
            }
        }
        Err(SynthError::Impossible {
            split: self.split.name(),
            form: form.name,
        })
    }

    /// A picture for which the question has this answer.
    fn picture(&mut self, question: &Question, wanted: Answer) -> Option<Picture> {
        let room = self.options.room(self.split, &self.held_out);
        let concerns = |picture: &Picture| {
            let held = |pair| self.held_out.pairs.contains(&pair);
            let things = picture.things.iter().filter(|thing| held(thing.pair()));
            let things: Vec<_> = things.collect();
            question.needs.iter().any(|need| {
                need.noun.names_pair_of(&self.held_out)
                    || things.iter().any(|thing| need.noun.names(thing))
            })
        };
        for _ in 0..TRIES {
            let Some(picture) = room.picture(&question.needs, &mut self.rng) else {
                continue;
            };
            let fits = (question.truth)(&picture) == Some(wanted)
                && (!room.pairs || concerns(&picture))
                && place::clear(&picture);
            if fits {
                return Some(picture);
            }
        }
        None
    }

    fn add(&mut self, form: &Form, question: &Question, mut pictures: Vec<(Answer, Picture)>) {
        // The first answer of a pair is not to tell the second.
        shuffle(&mut pictures, &mut self.rng);
        let name = format!("scenes-{}-{}", self.options.seed, self.split.name());
        let new = format!("{name}-q{}", self.groups.len());
        let group = self.groups.entry(question.text.clone()).or_insert(new);
        for (answer, picture) in pictures {
            let id = format!("{name}-{}", self.made);
            self.made += 1;
            self.ready.push_back(ScenesSample {
                image: format!("images/{id}.png"),
                question: question.text.clone(),
                answer: answer.to_string(),
                group: group.clone(),
                scene: id.clone(),
                family: form.family.name(),
                form: form.name,
                wording: question.wording.clone(),
                split: self.split,
                program: Some(question.program()),
                caption: caption::caption(&picture),
                picture,
                id,
            });
        }
    }
}

impl Iterator for Questions {
    type Item = Result<ScenesSample, SynthError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        while self.ready.is_empty() {
            if let Err(error) = self.ask() {
                self.failed = true;
                return Some(Err(error));
            }
        }
        self.ready.pop_front().map(Ok)
    }
}
