//! One object of a latent scene: what is known about it, and what a seed makes of the rest.

use super::classes::{Classes, text_of};
use super::seed::{draw, mix};
use super::words::{clean, is_anything, phrase};
use fact_lang::tool::{Arg, BBox, Detection};
use std::collections::{BTreeMap, BTreeSet};

/// Pixels by which the box of a patch may differ from the box of what it shows.
const MARGIN: f64 = 12.0;

/// One object.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    /// Seeds all that is not known about it.
    pub(super) key: u64,
    pub(super) image: usize,
    pub(super) bbox: BBox,
    pub(super) label: String,
    pub(super) score: f64,
    pub(super) id: Option<String>,
    pub(super) attributes: BTreeMap<String, Arg>,
    /// What is known to be so or not: phrases that name it, words that describe it.
    pub(super) is: BTreeMap<String, bool>,
    /// Of these, what perception was asked for one by one.
    pub(super) told: BTreeSet<String>,
    /// How it is labelled and scored when looked for by a phrase.
    pub(super) shown: BTreeMap<String, (String, f64)>,
    /// Relative depth.
    pub(super) depth: Option<f64>,
    /// The thing whose box was looked into to find it.
    pub(super) parent: Option<usize>,
    /// Whether it was taken out of the world.
    pub(super) gone: bool,
}

impl Thing {
    pub(super) fn new(key: u64, image: usize, bbox: BBox, label: &str) -> Self {
        Self {
            key,
            image,
            bbox,
            label: label.to_owned(),
            score: 1.0,
            id: None,
            attributes: BTreeMap::new(),
            is: BTreeMap::new(),
            told: BTreeSet::new(),
            shown: BTreeMap::new(),
            depth: None,
            parent: None,
            gone: false,
        }
    }

    /// Takes in that a (normal) phrase names it: so does every end of the phrase, and the words
    /// before its noun describe it.
    pub(super) fn named(&mut self, phrase: &str) {
        self.is.insert(phrase.to_owned(), true);
        let mut rest = phrase;
        while let Some((word, end)) = rest.split_once(' ') {
            self.is.entry(word.to_owned()).or_insert(true);
            self.is.entry(end.to_owned()).or_insert(true);
            rest = end;
        }
    }

    /// Takes in that a (normal) phrase does not name it.
    pub(super) fn not_named(&mut self, phrase: &str) {
        if self.is.get(phrase) == Some(&true) {
            return;
        }
        self.is.insert(phrase.to_owned(), false);
        // A dog that is no “red dog” is not red.
        if let Some((word, noun)) = phrase.split_once(' ')
            && !noun.contains(' ')
            && self.is.get(noun) == Some(&true)
        {
            self.is.entry(word.to_owned()).or_insert(false);
        }
    }

    /// Whether a (normal) phrase names it.
    pub(super) fn is_called(&self, wanted: &str, classes: &Classes) -> bool {
        if let Some(known) = self.is.get(wanted) {
            return *known;
        }
        let words: Vec<&str> = wanted.split(' ').collect();
        (0..words.len()).any(|at| {
            self.has_name(&words[at..].join(" "), classes)
                && words[..at].iter().all(|word| self.has(word, classes))
        })
    }

    /// Whether a noun names it, without words before it.
    fn has_name(&self, noun: &str, classes: &Classes) -> bool {
        if let Some(known) = self.is.get(noun) {
            return *known;
        }
        if is_anything(noun) {
            return true;
        }
        let label = phrase(&self.label);
        if label == noun || label.ends_with(&format!(" {noun}")) {
            return true;
        }
        let valued = |v: &Arg| text_of(v).is_some_and(|v| clean(v) == noun);
        if self.attributes.values().any(valued) {
            return true;
        }
        if let Some(kind) = classes.kind_of(noun) {
            let of_kind = self.is.get(kind) == Some(&true) || label == kind;
            return of_kind && self.value(kind, classes).as_deref() == Some(noun);
        }
        // A man is a person.
        classes.values(noun).iter().any(|value| {
            classes.kind_of(value) == Some(noun)
                && (self.is.get(value) == Some(&true) || label == *value)
        })
    }

    /// Whether a word describes it: known, else by its value of the word's class, else drawn.
    pub(super) fn has(&self, word: &str, classes: &Classes) -> bool {
        if let Some(known) = self.is.get(word) {
            return *known;
        }
        let described = self.attributes.iter().any(|(name, value)| match value {
            Arg::Str(value) => clean(value) == word,
            Arg::Bool(holds) => *holds && clean(name) == word,
            _ => false,
        });
        if described || phrase(&self.label) == word {
            return true;
        }
        if let Some((class, value)) = classes.of(word) {
            return self.value(class, classes).as_deref() == Some(value);
        }
        if word.contains(' ') && word.split(' ').all(|w| classes.of(w).is_some()) {
            return word.split(' ').all(|w| self.has(w, classes));
        }
        draw(self.key, &["is", word]) & 1 == 0
    }

    /// Its value of a class: as annotated, as known, else drawn from the values that it is not known
    /// not to have. `None` for a class without values.
    pub(super) fn value(&self, class: &str, classes: &Classes) -> Option<String> {
        if let Some(value) = self.attributes.get(class).and_then(text_of) {
            return Some(value.to_owned());
        }
        let values = classes.values(class);
        let known = |state: bool| move |v: &&str| self.is.get(*v) == Some(&state);
        let mut all = values.iter().map(String::as_str);
        if let Some(value) = all.find(known(true)) {
            return Some(value.to_owned());
        }
        let mut left = classes.weighted(class);
        left.retain(|v| self.is.get(*v) != Some(&false));
        if left.is_empty() {
            return None;
        }
        let at = draw(self.key, &["value", class]) % left.len() as u64;
        left.get(at as usize).map(|v| (*v).to_owned())
    }

    /// Gives it another value of a class, in everything that says the old one.
    pub(super) fn set(&mut self, class: &str, new: &str, classes: &Classes) {
        let old = self.value(class, classes).unwrap_or_default();
        if self.attributes.contains_key(class) {
            self.attributes
                .insert(class.to_owned(), Arg::Str(new.to_owned()));
        }
        let speaks = |text: &str| {
            text.split(' ').any(|word| {
                word == old || word == new || classes.of(word).is_some_and(|(c, _)| c == class)
            })
        };
        // What was said with these words is to be found out anew.
        self.is.retain(|text, _| !speaks(text));
        self.is.insert(new.to_owned(), true);
        if !old.is_empty() {
            self.is.entry(old.clone()).or_insert(false);
            self.label = respelled(&self.label, &old, new);
            for (label, _) in self.shown.values_mut() {
                *label = respelled(label, &old, new);
            }
        }
    }

    /// The thing as it is found when looked for by this (normal) phrase; without one, when it is
    /// told as what stands in a relation.
    pub(super) fn detection(&self, phrase: Option<&str>, echo: Option<&str>) -> Detection {
        let shown = phrase.and_then(|phrase| self.shown.get(phrase));
        let (label, score) = match (shown, echo) {
            (Some((label, score)), _) => (label.clone(), *score),
            (None, Some(asked)) => (asked.to_owned(), self.score),
            (None, None) => (self.label.clone(), self.score),
        };
        Detection {
            label,
            bbox: self.bbox,
            score,
            id: self.id.clone(),
            attributes: self.attributes.clone(),
        }
    }

    /// Whether its centre lies in the region.
    pub(super) fn centred_in(&self, region: BBox) -> bool {
        let (x, y) = centre(self.bbox);
        region.left <= x && x < region.right && region.top <= y && y < region.bottom
    }

    /// How well the region is a picture of it: the intersection over union when that is at least a
    /// half or the sides differ by a margin only; `None` when the region shows something else.
    pub(super) fn fits(&self, region: BBox) -> Option<f64> {
        let iou = iou(self.bbox, region);
        let sides: [f64; 4] = self.bbox.into();
        let others: [f64; 4] = region.into();
        let near = sides
            .iter()
            .zip(others)
            .all(|(a, b)| (a - b).abs() <= MARGIN);
        (iou >= 0.5 || near).then_some(iou)
    }

    /// A depth in [0, 1) that is its own.
    pub(super) fn depth_draw(&self) -> f64 {
        super::seed::unit(mix(self.key, 0xDE97))
    }
}

fn respelled(label: &str, old: &str, new: &str) -> String {
    let words = label.split(' ').map(|w| if w == old { new } else { w });
    words.collect::<Vec<_>>().join(" ")
}

/// The middle of a box.
pub(super) fn centre(b: BBox) -> (f64, f64) {
    (
        f64::midpoint(b.left, b.right),
        f64::midpoint(b.top, b.bottom),
    )
}

/// The box, moved.
pub(super) fn moved(b: BBox, dx: f64, dy: f64) -> BBox {
    BBox {
        left: b.left + dx,
        top: b.top + dy,
        right: b.right + dx,
        bottom: b.bottom + dy,
    }
}

/// Intersection over union; 0 when either box is empty.
pub(super) fn iou(a: BBox, b: BBox) -> f64 {
    let width = a.right.min(b.right) - a.left.max(b.left);
    let height = a.bottom.min(b.bottom) - a.top.max(b.top);
    if !(width > 0.0 && height > 0.0) {
        return 0.0;
    }
    let area = |r: BBox| (r.right - r.left) * (r.bottom - r.top);
    let both = width * height;
    both / (area(a) + area(b) - both)
}

/// Whether a world can hold the box: a rectangle of finite, sensible sides.
pub(super) fn is_sound(b: BBox) -> bool {
    let sides: [f64; 4] = b.into();
    sides.iter().all(|side| side.abs() <= 1e6) && b.left <= b.right && b.top <= b.bottom
}
