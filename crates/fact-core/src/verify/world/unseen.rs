//! Objects that nobody asked about: for each noun, the same ones wherever one looks.

use super::World;
use super::seed::{Rng, draw, mix};
use super::thing::{Thing, centre};
use super::words::{head, is_anything};
use fact_lang::tool::BBox;

/// Most known things that hold an unseen one.
const MAX_HOSTS: usize = 24;

impl World {
    /// The things that `phrase` may name but nobody looked for: none in four of ten cases, one to
    /// three anywhere in the image, or one inside most of the known things (a shirt on each person).
    /// None where a recorded search would have found them.
    pub(super) fn unseen(&self, image: usize, phrase: &str) -> Vec<Thing> {
        let noun = head(phrase);
        let Some(frame) = self.frame(image) else {
            return Vec::new();
        };
        if is_anything(noun) && self.present(image).next().is_some() {
            return Vec::new();
        }
        let seed = draw(mix(self.seed, image as u64), &["unseen", noun]);
        let mut rng = Rng::new(seed);
        let mode = rng.below(10);
        let mut boxes = Vec::new();
        if mode >= 7 {
            for (_, host) in self.present(image).take(MAX_HOSTS) {
                let inside = within(host.bbox, 0.35, 0.7, &mut rng);
                if rng.chance(0.8) {
                    boxes.extend(inside);
                }
            }
        }
        if (4..7).contains(&mode) || (mode >= 7 && boxes.is_empty()) {
            for _ in 0..1 + rng.below(3) {
                boxes.extend(within(frame, 0.1, 0.35, &mut rng));
            }
        }
        let made = boxes.into_iter().enumerate();
        made.filter_map(|(at, bbox)| self.unseen_at(image, noun, bbox, mix(seed, at as u64)))
            .collect()
    }

    /// One such thing, unless a search that was recorded shows that it is not there.
    fn unseen_at(&self, image: usize, noun: &str, bbox: BBox, key: u64) -> Option<Thing> {
        let mut rng = Rng::new(key);
        let mut thing = match self.template(image, &mut rng) {
            Some(template) => self.copy_of(template, key, noun, &mut rng),
            None => Thing::new(key, image, bbox, noun),
        };
        if thing.bbox != bbox {
            // A copy keeps its size, about the middle of its place.
            let (x, y) = centre(bbox);
            let (width, height) = (
                thing.bbox.right - thing.bbox.left,
                thing.bbox.bottom - thing.bbox.top,
            );
            let frame = self.frame(image)?;
            let left = (x - width / 2.0).min(frame.right - width).max(0.0).floor();
            let top = (y - height / 2.0)
                .min(frame.bottom - height)
                .max(0.0)
                .floor();
            thing.bbox = BBox {
                left,
                top,
                right: left + width,
                bottom: top + height,
            };
        }
        thing.named(noun);
        thing.id = self.has_ids().then(|| format!("unseen-{key:016x}"));
        let kind = self.classes.kind_of(noun);
        for zone in self.zones.iter().filter(|z| z.image == image) {
            let concerns = head(&zone.phrase) == noun || kind == Some(zone.phrase.as_str());
            if !concerns || !thing.centred_in(zone.region) {
                continue;
            }
            if zone.phrase == noun || kind == Some(zone.phrase.as_str()) {
                return None;
            }
            thing.not_named(&zone.phrase);
        }
        Some(thing)
    }

    /// A known thing with attributes, for new things to be like; `None` where things have none.
    pub(super) fn template(&self, image: usize, rng: &mut Rng) -> Option<&Thing> {
        let all: Vec<&Thing> = self
            .present(image)
            .filter(|(at, thing)| !thing.attributes.is_empty() && !self.is_container(*at))
            .map(|(_, thing)| thing)
            .collect();
        rng.pick(&all).copied()
    }

    /// A thing with the size and the attributes of another, under another name.
    fn copy_of(&self, template: &Thing, key: u64, name: &str, _rng: &mut Rng) -> Thing {
        let mut thing = Thing::new(key, template.image, template.bbox, name);
        thing.attributes.clone_from(&template.attributes);
        thing.score = template.score;
        thing
    }

    /// Whether the back end gives things identifiers.
    pub(super) fn has_ids(&self) -> bool {
        self.things.iter().any(|thing| thing.id.is_some())
    }
}

/// A box of `low` to `high` of the sides of `outer`, somewhere in it, in whole pixels; `None` where
/// there is no room for four pixels.
pub(super) fn within(outer: BBox, low: f64, high: f64, rng: &mut Rng) -> Option<BBox> {
    let part = |length: f64, rng: &mut Rng| (length * rng.between(low, high)).round().max(4.0);
    let (width, height) = (
        part(outer.right - outer.left, rng),
        part(outer.bottom - outer.top, rng),
    );
    let (room_x, room_y) = (
        outer.right - outer.left - width,
        outer.bottom - outer.top - height,
    );
    let (x, y) = (rng.between(0.0, 1.0), rng.between(0.0, 1.0));
    if room_x < 0.0 || room_y < 0.0 {
        return None;
    }
    let left = (outer.left + room_x * x).floor().max(outer.left);
    let top = (outer.top + room_y * y).floor().max(outer.top);
    Some(BBox {
        left,
        top,
        right: left + width,
        bottom: top + height,
    })
}
