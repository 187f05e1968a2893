//! Boxes that hold others: which things are such boxes, and what is in those that nobody looked into.

use super::classes::text_of;
use super::seed::{Rng, draw, mix};
use super::thing::{Thing, moved};
use super::{MAX_THINGS, World};
use std::collections::{BTreeMap, BTreeSet};

/// Longest value, in bytes, that may be given to another thing.
const MAX_VALUE: usize = 100;

impl World {
    /// What is found with a container by the same name and has its size is a container too, looked
    /// into or not.
    pub(super) fn alike_containers(&mut self) {
        let mut all = self.containers.clone();
        for &at in &self.containers {
            let Some(one) = self.things.get(at) else {
                continue;
            };
            for (other, thing) in self.things.iter().enumerate() {
                let named = one.shown.keys().any(|name| thing.shown.contains_key(name));
                if named && thing.image == one.image && same_size(one, thing) {
                    all.insert(other);
                }
            }
        }
        self.containers = all;
    }

    /// The values of attributes that were seen on what is no container, each once.
    pub(super) fn seen_values(&self) -> BTreeMap<String, Vec<String>> {
        let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (at, thing) in self.things.iter().enumerate() {
            if self.is_container(at) || thing.gone {
                continue;
            }
            for (name, value) in &thing.attributes {
                let Some(text) = text_of(value).filter(|text| text.len() <= MAX_VALUE) else {
                    continue;
                };
                let values = seen.entry(name.clone()).or_default();
                if !values.iter().any(|v| v == text) {
                    values.push(text.to_owned());
                }
            }
        }
        seen
    }

    /// Fills the containers that nobody looked into like the ones that somebody did, with values of
    /// their own.
    pub(super) fn furnish(&mut self) {
        let explored: BTreeSet<usize> = self
            .containers
            .iter()
            .copied()
            .filter(|at| {
                let bbox = self.things.get(*at).map(|thing| thing.bbox);
                self.zones.iter().any(|zone| Some(zone.region) == bbox)
            })
            .collect();
        let seen = self.seen_values();
        let bare: Vec<usize> = self.containers.difference(&explored).copied().collect();
        for at in bare {
            let Some(room) = self.things.get(at).cloned() else {
                continue;
            };
            let models: Vec<usize> = explored
                .iter()
                .copied()
                .filter(|other| {
                    let other = self.things.get(*other);
                    other.is_some_and(|o| o.image == room.image && same_size(o, &room))
                })
                .collect();
            let mut rng = Rng::new(mix(self.seed, draw(room.key, &["furnish"])));
            let Some(model) = rng.pick(&models).copied() else {
                continue;
            };
            let (dx, dy) = (
                room.bbox.left - self.things[model].bbox.left,
                room.bbox.top - self.things[model].bbox.top,
            );
            // What the one is not called (an item), the other is not.
            let not: Vec<String> = (self.things[model].is.iter())
                .filter(|(_, holds)| !**holds)
                .map(|(phrase, _)| phrase.clone())
                .collect();
            for phrase in not {
                self.things[at].not_named(&phrase);
            }
            let held: Vec<Thing> = self
                .things
                .iter()
                .filter(|thing| thing.parent == Some(model))
                .cloned()
                .collect();
            for mut thing in held {
                if self.things.len() >= MAX_THINGS {
                    return;
                }
                let place = self.things.len();
                thing.key = mix(room.key, place as u64);
                thing.bbox = moved(thing.bbox, dx, dy);
                thing.parent = Some(at);
                thing.id = thing.id.map(|_| format!("supposed-{place}"));
                let names: Vec<String> = thing.attributes.keys().cloned().collect();
                // A size goes with a box, which is a copy.
                for name in names.iter().filter(|name| *name != "size") {
                    if let Some(value) = seen.get(name).and_then(|seen| rng.pick(seen)) {
                        thing.set(name, value, &self.classes);
                    }
                }
                self.things.push(thing);
            }
        }
    }
}

fn same_size(a: &Thing, b: &Thing) -> bool {
    let size = |t: &Thing| (t.bbox.right - t.bbox.left, t.bbox.bottom - t.bbox.top);
    let ((aw, ah), (bw, bh)) = (size(a), size(b));
    (aw - bw).abs() <= 1.0 && (ah - bh).abs() <= 1.0
}
