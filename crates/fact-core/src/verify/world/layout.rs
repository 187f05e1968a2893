//! How things lie: what holds them, whether they rest on each other, how size shows in boxes. All of
//! it is read from the boxes that were found.

use super::World;
use super::classes::text_of;
use super::thing::Thing;
use fact_lang::tool::BBox;
use std::collections::BTreeMap;

/// Largest gap, in pixels, between things that rest on each other.
const REACH: f64 = 3.0;
/// Sides of boxes that differ by less than this part are alike.
const ALIKE: f64 = 1.15;

/// How the things of one image lie.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Whether each thing stands on the floor of what holds it or on another thing.
    pub(super) stacked: bool,
    /// Pixels between a thing and the one it rests on.
    pub(super) gap: f64,
    /// Whether no two things overlap.
    pub(super) apart: bool,
    /// Whether all boxes are in whole pixels.
    pub(super) whole_pixels: bool,
    /// Whether a container may be empty: one is.
    pub(super) empty: bool,
}

/// How an attribute of size goes with the boxes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum SizeTie {
    /// Each value has a width and a height of its own.
    Tied(BTreeMap<String, (f64, f64)>),
    /// Boxes of one value differ, as in perspective.
    Free,
    /// Too few things to tell.
    Unknown,
}

/// Whether `a` rests on `b`: above it, over it, and near.
pub(super) fn rests_on(a: BBox, b: BBox) -> bool {
    let gap = b.top - a.bottom;
    (0.0..=REACH).contains(&gap) && a.left < b.right && b.left < a.right
}

/// Whether the boxes share more than an edge.
pub(super) fn overlap(a: BBox, b: BBox) -> bool {
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

/// Whether `inner` lies in `outer`.
pub(super) fn inside(inner: BBox, outer: BBox) -> bool {
    outer.left <= inner.left
        && outer.top <= inner.top
        && inner.right <= outer.right
        && inner.bottom <= outer.bottom
}

impl World {
    /// The things of an image that are no containers, with their places.
    pub(super) fn items(&self, image: usize) -> Vec<usize> {
        self.present(image)
            .map(|(at, _)| at)
            .filter(|at| !self.is_container(*at))
            .collect()
    }

    /// The box that holds a thing, or the image.
    pub(super) fn holder(&self, thing: &Thing) -> Option<BBox> {
        let parent = thing.parent.filter(|at| self.is_container(*at));
        match parent.and_then(|at| self.things.get(at)) {
            Some(holder) => Some(holder.bbox),
            None => self.frame(thing.image),
        }
    }

    /// The things that share a holder with this one.
    pub(super) fn neighbours(&self, at: usize) -> Vec<usize> {
        let Some(one) = self.things.get(at) else {
            return Vec::new();
        };
        let same = |thing: &Thing| thing.parent == one.parent;
        self.items(one.image)
            .into_iter()
            .filter(|other| *other != at && self.things.get(*other).is_some_and(same))
            .collect()
    }

    /// Reads the layout of an image.
    pub(super) fn layout(&self, image: usize) -> Layout {
        let items = self.items(image);
        let mut held: BTreeMap<Option<usize>, Vec<&Thing>> = BTreeMap::new();
        for thing in items.iter().filter_map(|at| self.things.get(*at)) {
            held.entry(thing.parent).or_default().push(thing);
        }
        let (mut stacked, mut apart, mut count) = (true, true, 0);
        let mut gaps: BTreeMap<i64, usize> = BTreeMap::new();
        for (parent, things) in &held {
            let container = parent.filter(|at| self.is_container(*at));
            stacked &= container.is_some();
            count += things.len();
            for (at, a) in things.iter().enumerate() {
                let floor = container
                    .and_then(|at| self.things.get(at))
                    .is_some_and(|holder| (holder.bbox.bottom - a.bbox.bottom).abs() <= REACH);
                let mut supported = floor;
                for (other, b) in things.iter().enumerate() {
                    if at == other {
                        continue;
                    }
                    apart &= !overlap(a.bbox, b.bbox);
                    if rests_on(a.bbox, b.bbox) {
                        supported = true;
                        *gaps
                            .entry((b.bbox.top - a.bbox.bottom).round() as i64)
                            .or_default() += 1;
                    }
                }
                stacked &= supported;
            }
        }
        let usual = gaps.iter().max_by_key(|(_, times)| **times);
        Layout {
            stacked: stacked && count > 2,
            gap: usual.map_or(1.0, |(gap, _)| *gap as f64),
            apart,
            whole_pixels: items
                .iter()
                .filter_map(|at| self.things.get(*at))
                .all(|thing| {
                    <[f64; 4]>::from(thing.bbox)
                        .iter()
                        .all(|s| s.fract() == 0.0)
                }),
            empty: self
                .present(image)
                .any(|(at, _)| self.is_container(at) && !held.contains_key(&Some(at))),
        }
    }

    /// How the values of an attribute of size go with the boxes that were found.
    pub(super) fn size_tie(&self, image: usize) -> SizeTie {
        let mut boxes: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
        for at in self.items(image) {
            let Some(thing) = self.things.get(at) else {
                continue;
            };
            if let Some(size) = thing.attributes.get("size").and_then(text_of) {
                let b = thing.bbox;
                boxes
                    .entry(size)
                    .or_default()
                    .push((b.right - b.left, b.bottom - b.top));
            }
        }
        let side = |&(width, height): &(f64, f64)| (width * height).sqrt();
        let mut ranges = Vec::new();
        let mut usual = BTreeMap::new();
        for (size, sides) in &mut boxes {
            sides.sort_by(|a, b| side(a).total_cmp(&side(b)));
            let (low, high) = (side(&sides[0]), side(&sides[sides.len() - 1]));
            if high > low * ALIKE {
                return SizeTie::Free;
            }
            ranges.push((low, high));
            usual.insert((*size).to_owned(), sides[sides.len() / 2]);
        }
        ranges.sort_by(|a, b| a.0.total_cmp(&b.0));
        if ranges.windows(2).any(|pair| pair[1].0 < pair[0].1 * ALIKE) {
            return SizeTie::Free;
        }
        let count: usize = boxes.values().map(Vec::len).sum();
        match usual.len() > 1 && count > 2 {
            true => SizeTie::Tied(usual),
            false => SizeTie::Unknown,
        }
    }
}
