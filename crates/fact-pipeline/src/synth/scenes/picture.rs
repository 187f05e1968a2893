//! What is in a picture of the `scenes` world: things with four attributes, and how they lie.

use super::describe::Noun;
use fact_lang::tool::{Arg, BBox};
use fact_models::{Scene, SceneObject};
use std::collections::BTreeMap;

/// A kind of attribute, in the order in which a noun phrase names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// How large.
    Size,
    /// How filled.
    Pattern,
    /// Colour.
    Color,
    /// Shape, which is also the thing's name.
    Shape,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Size, Self::Pattern, Self::Color, Self::Shape];

    /// The words for its values. A value is its place in this list.
    pub fn values(self) -> &'static [&'static str] {
        match self {
            Self::Size => &["small", "medium", "large"],
            Self::Pattern => &["solid", "striped", "spotted", "checkered"],
            Self::Color => &[
                "red", "green", "blue", "yellow", "purple", "cyan", "pink", "black",
            ],
            Self::Shape => &[
                "circle", "square", "triangle", "star", "diamond", "heart", "cross", "ring",
                "arrow", "crescent",
            ],
        }
    }

    /// Its name, as programs and annotations have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Pattern => "pattern",
            Self::Color => "color",
            Self::Shape => "shape",
        }
    }
}

/// A thing. Its box is a square; a later thing of a picture lies over an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thing {
    /// Values in the order of [`Category::ALL`].
    pub values: [u8; 4],
    /// Left edge in pixels of the image.
    pub left: i32,
    /// Upper edge in pixels, y down.
    pub top: i32,
    /// Side of its box in pixels.
    pub side: i32,
}

impl Thing {
    /// The value of a category.
    pub fn value(&self, category: Category) -> u8 {
        self.values[category as usize]
    }

    /// The word for it.
    pub fn word(&self, category: Category) -> &'static str {
        category.values()[usize::from(self.value(category))]
    }

    /// Its colour and shape.
    pub fn pair(&self) -> (u8, u8) {
        (self.value(Category::Color), self.value(Category::Shape))
    }

    /// Twice the centre, so that it is whole.
    pub(super) fn centre(&self) -> (i32, i32) {
        (2 * self.left + self.side, 2 * self.top + self.side)
    }
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels.
    pub width: i32,
    /// Height in pixels.
    pub height: i32,
    /// From the lowest to the uppermost.
    pub things: Vec<Thing>,
    /// Grey of the ground.
    pub ground: u8,
    /// Seed of grain and clutter, which no question is about.
    pub grain: u64,
    /// How far the grain departs from the ground's grey; 0 leaves out clutter too.
    pub noise: u8,
}

/// How things lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Left,
    Right,
    Above,
    Below,
}

pub(super) const RELATIONS: [Relation; 4] = [
    Relation::Left,
    Relation::Right,
    Relation::Above,
    Relation::Below,
];

impl Relation {
    /// As programs write it.
    pub(super) fn program(self) -> &'static str {
        match self {
            Self::Left => "to the left of",
            Self::Right => "to the right of",
            Self::Above => "above",
            Self::Below => "below",
        }
    }

    /// The half of the image that lies in this direction.
    pub(super) fn half(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Above => "top",
            Self::Below => "bottom",
        }
    }

    /// How far `from` lies beyond `to` in this direction, both twice a place.
    fn beyond(self, from: (i32, i32), to: (i32, i32)) -> i32 {
        match self {
            Self::Left => to.0 - from.0,
            Self::Right => from.0 - to.0,
            Self::Above => to.1 - from.1,
            Self::Below => from.1 - to.1,
        }
    }
}

impl Picture {
    /// What the noun names, as places in the list of things.
    pub(super) fn find(&self, noun: &Noun) -> Vec<usize> {
        let things = self.things.iter().enumerate();
        things
            .filter(|(_, t)| noun.names(t))
            .map(|(at, _)| at)
            .collect()
    }

    /// How many things the noun names.
    pub(super) fn count(&self, noun: &Noun) -> usize {
        self.things.iter().filter(|t| noun.names(t)).count()
    }

    /// The one thing the noun names.
    pub(super) fn only(&self, noun: &Noun) -> Option<usize> {
        single(&self.find(noun))
    }

    /// Twice the distance below which nobody is asked which of two things is further left.
    fn margin(&self) -> i32 {
        (self.width.min(self.height) / 12).max(2)
    }

    /// Whether thing `a` lies in this direction from thing `b`; `None` if one cannot well tell.
    pub(super) fn related(&self, a: usize, relation: Relation, b: usize) -> Option<bool> {
        let ahead = relation.beyond(self.things[a].centre(), self.things[b].centre());
        (ahead.abs() >= self.margin()).then_some(ahead > 0)
    }

    /// The things of a noun that lie in this direction from another.
    pub(super) fn find_related(
        &self,
        noun: &Noun,
        relation: Relation,
        anchor: usize,
    ) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        for at in self.find(noun) {
            if at != anchor && self.related(at, relation, anchor)? {
                found.push(at);
            }
        }
        Some(found)
    }

    /// Whether a thing lies in that half of the image; `None` if it lies across the middle.
    pub(super) fn in_half(&self, at: usize, half: Relation) -> Option<bool> {
        let ahead = half.beyond(self.things[at].centre(), (self.width, self.height));
        (ahead.abs() >= self.margin()).then_some(ahead > 0)
    }

    /// The thing of a list that lies furthest in a direction; `None` if another comes close, or
    /// there is only one.
    pub(super) fn furthest(&self, things: &[usize], direction: Relation) -> Option<usize> {
        let best = things
            .iter()
            .copied()
            .max_by_key(|at| direction.beyond(self.things[*at].centre(), (0, 0)))?;
        let clear = things
            .iter()
            .filter(|at| **at != best)
            .all(|at| self.related(best, direction, *at) == Some(true));
        (things.len() > 1 && clear).then_some(best)
    }

    /// The annotation that perception reads.
    pub fn annotation(&self) -> Scene {
        let object = |(at, thing): (usize, &Thing)| {
            let attributes: BTreeMap<String, Arg> = Category::ALL
                .iter()
                .map(|c| (c.word().to_owned(), Arg::Str(thing.word(*c).to_owned())))
                .collect();
            SceneObject {
                id: at.to_string(),
                name: thing.word(Category::Shape).to_owned(),
                bbox: BBox {
                    left: f64::from(thing.left),
                    top: f64::from(thing.top),
                    right: f64::from(thing.left + thing.side),
                    bottom: f64::from(thing.top + thing.side),
                },
                attributes,
                relations: Vec::new(),
            }
        };
        Scene {
            width: self.width.unsigned_abs(),
            height: self.height.unsigned_abs(),
            objects: self.things.iter().enumerate().map(object).collect(),
            attributes: BTreeMap::new(),
        }
    }
}

/// The one element of a list.
pub(super) fn single(things: &[usize]) -> Option<usize> {
    match things {
        [one] => Some(*one),
        _ => None,
    }
}
