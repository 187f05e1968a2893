//! From a world to another one like it.

use super::change::Change;
use super::layout::Layout;
use super::seed::{Rng, mix};
use super::{Override, World};
use fact_lang::pack::Vocabulary;
use fact_lang::tool::{Answer, BBox, Detection};
use std::collections::{BTreeMap, BTreeSet};

/// Most things that come where searches found none.
const MAX_CONJURED: usize = 12;

/// Most things that go together.
const MAX_MISSED: usize = 4;

/// How much of a world changes.
#[derive(Debug, Clone, Copy)]
struct Extent {
    /// Part of the things that change.
    things: f64,
    /// Part of the verdicts, texts and numbers that change.
    facts: f64,
    /// Part of the searches without a hit that get one.
    hits: f64,
    /// Most things that are added to each holder.
    added: usize,
}

/// From a single change to nearly everything.
const EXTENTS: [Extent; 4] = [
    Extent {
        things: 0.0,
        facts: 0.2,
        hits: 0.1,
        added: 0,
    },
    Extent {
        things: 0.2,
        facts: 0.35,
        hits: 0.3,
        added: 1,
    },
    Extent {
        things: 0.5,
        facts: 0.5,
        hits: 0.5,
        added: 2,
    },
    Extent {
        things: 0.9,
        facts: 0.5,
        hits: 0.5,
        added: 4,
    },
];

/// See [`World::perturbed`].
pub(super) fn perturbed(base: &World, seed: u64, vocabulary: &Vocabulary) -> World {
    let seed = mix(base.seed, seed);
    let mut world = base.clone();
    world.seed = seed;
    world.classes.learn(vocabulary);
    let mut change = Change {
        world,
        rng: Rng::new(seed),
        displaced: BTreeSet::new(),
        favoured: BTreeMap::new(),
    };
    let extent = EXTENTS[change.rng.below(EXTENTS.len())];
    let images: BTreeSet<usize> = base.things.iter().map(|thing| thing.image).collect();
    for image in images {
        change.favour(extent);
        change.shuffle(image);
        change.items(image, extent);
    }
    change.misses(extent);
    change.hits(extent);
    change.verdicts(extent);
    change.depths(extent);
    change.relations(extent);
    change.facts(extent);
    change.overrides(base, extent);
    change.world
}

impl Change {
    /// Now and then one value of each class is more common than the others, as in scenes where all
    /// blocks are yellow.
    fn favour(&mut self, extent: Extent) {
        self.favoured.clear();
        if extent.things < 0.4 || self.rng.chance(0.4) {
            return;
        }
        let world = &self.world;
        let names: BTreeSet<&String> = world
            .things
            .iter()
            .flat_map(|thing| thing.attributes.keys())
            .collect();
        let mut favoured = BTreeMap::new();
        for name in names {
            if self.rng.chance(0.6)
                && let Some(value) = self.rng.pick(world.classes.values(name))
            {
                favoured.insert(name.clone(), value.clone());
            }
        }
        self.favoured = favoured;
    }

    /// Containers of one size change places with all that they hold.
    fn shuffle(&mut self, image: usize) {
        let containers: Vec<(usize, BBox)> = self
            .world
            .present(image)
            .filter(|(at, _)| self.world.is_container(*at))
            .map(|(at, thing)| (at, thing.bbox))
            .collect();
        if containers.len() < 2 || !self.rng.chance(0.3) {
            return;
        }
        let a = self.rng.below(containers.len());
        let b = (a + 1 + self.rng.below(containers.len() - 1)) % containers.len();
        let ((one, p), (other, q)) = (containers[a], containers[b]);
        let size = |b: BBox| (b.right - b.left, b.bottom - b.top);
        let ((pw, ph), (qw, qh)) = (size(p), size(q));
        if (pw - qw).abs() > 1.0 || (ph - qh).abs() > 1.0 {
            return;
        }
        self.shift(one, q.left - p.left, q.top - p.top);
        self.shift(other, p.left - q.left, p.top - q.top);
        // What is found first is the one that lies first.
        self.world.things.swap(one, other);
        for thing in &mut self.world.things {
            thing.parent = match thing.parent {
                Some(at) if at == one => Some(other),
                Some(at) if at == other => Some(one),
                parent => parent,
            };
        }
    }

    fn items(&mut self, image: usize, extent: Extent) {
        let layout = self.world.layout(image);
        let size = self.world.size_tie(image);
        let mut chosen = self.world.items(image);
        match extent.things > 0.0 {
            true => chosen.retain(|_| self.rng.chance(extent.things)),
            false => chosen = self.rng.pick(&chosen).copied().into_iter().collect(),
        }
        // What stands on each other stands by its shape: where there is one only, it stays.
        let mut fixed = Vec::new();
        let shapes = self.world.seen_values().remove("shape");
        if layout.stacked && shapes.is_some_and(|shapes| shapes.len() == 1) {
            fixed.push("shape".to_owned());
        }
        // A whole scene in one color is a recolouring, not a new scene.
        let only_recolour = self.rng.chance(0.3);
        for at in chosen {
            if self.world.things.get(at).is_none_or(|thing| thing.gone) {
                continue;
            }
            let way = self.rng.below(20);
            let mut classes = self.classes_of(at, &size);
            classes.retain(|class| !fixed.contains(class));
            if way < 9 || only_recolour {
                for class in &classes {
                    if classes.len() == 1 || self.rng.chance(0.6) {
                        self.recolour(at, class);
                    }
                }
            }
            if only_recolour {
                continue;
            }
            if layout.stacked {
                if way >= 9 {
                    self.stack(at, &layout, &fixed);
                }
                continue;
            }
            match way {
                7..14 => self.relocate(at, &layout),
                14..17 => self.resize(at, &size, &layout),
                17.. => self.remove(at, &layout),
                _ => {}
            }
        }
        if !only_recolour && !layout.stacked {
            self.add(image, extent, &layout);
        }
    }

    /// A change that keeps stacks standing: one block less, one more, or one from here to there.
    fn stack(&mut self, at: usize, layout: &Layout, fixed: &[String]) {
        let Some(image) = self.world.things.get(at).map(|thing| thing.image) else {
            return;
        };
        let containers: Vec<usize> = self
            .world
            .present(image)
            .map(|(at, _)| at)
            .filter(|at| self.world.is_container(*at))
            .collect();
        let here = self.world.things[at].parent;
        let way = self.rng.below(3);
        if way < 2
            && let Some(here) = here
        {
            self.lower(here, layout);
        }
        if way > 0
            && let Some(there) = self.rng.pick(&containers).copied()
        {
            let added = self.world.things.len();
            self.raise(there, at, layout);
            if self.world.things.len() > added && self.rng.chance(0.5) {
                let size = super::layout::SizeTie::Unknown;
                let mut classes = self.classes_of(added, &size);
                classes.retain(|class| !fixed.contains(class));
                for class in classes {
                    self.recolour(added, &class);
                }
            }
        }
    }

    /// Adds copies of things, to each container or to the image.
    fn add(&mut self, image: usize, extent: Extent, layout: &Layout) {
        let items = self.world.items(image);
        let mut holders: Vec<Option<usize>> = self
            .world
            .present(image)
            .map(|(at, _)| at)
            .filter(|at| self.world.is_container(*at))
            .map(Some)
            .collect();
        if holders.is_empty() {
            holders.push(None);
        }
        let size = super::layout::SizeTie::Unknown;
        for holder in holders {
            for _ in 0..self.rng.below(extent.added + 1) {
                let Some(like) = self.rng.pick(&items).copied() else {
                    return;
                };
                let before = self.world.things.len();
                self.copy(like, holder, layout);
                if self.world.things.len() > before {
                    for class in self.classes_of(before, &size) {
                        if self.rng.chance(0.5) {
                            self.recolour(before, &class);
                        }
                    }
                }
            }
        }
    }

    /// All of the few things that a search found are gone: without it, what is there once in a
    /// photograph would be there in nearly every world.
    fn misses(&mut self, extent: Extent) {
        let mut names = BTreeSet::new();
        for zone in self.world.zones.iter().filter(|zone| !zone.empty) {
            names.insert((zone.image, zone.phrase.clone()));
        }
        for (image, phrase) in names {
            if !self.rng.chance(0.6 * extent.hits) {
                continue;
            }
            let loose =
                |parent: Option<usize>| parent.is_none_or(|at| !self.world.is_container(at));
            let found: Vec<usize> = self
                .world
                .present(image)
                .filter(|(_, thing)| thing.is.get(&phrase) == Some(&true) && loose(thing.parent))
                .map(|(at, _)| at)
                .filter(|at| !self.world.is_container(*at))
                .collect();
            if found.len() <= MAX_MISSED {
                for at in found {
                    self.take(at);
                }
            }
        }
    }

    /// Things where searches found none.
    fn hits(&mut self, extent: Extent) {
        let mut missed: Vec<(usize, BBox, String)> = Vec::new();
        let mut names = BTreeSet::new();
        for zone in self.world.zones.iter().filter(|zone| zone.empty) {
            if names.insert((zone.image, zone.phrase.clone())) {
                missed.push((zone.image, zone.region, zone.phrase.clone()));
            }
        }
        let mut made = 0;
        for (image, region, phrase) in missed {
            if made < MAX_CONJURED && self.rng.chance(extent.hits) {
                made += 1;
                for _ in 0..1 + self.rng.below(2) {
                    self.conjure(image, region, &phrase);
                }
            }
        }
    }

    /// What things were asked for one by one is turned round.
    fn verdicts(&mut self, extent: Extent) {
        let World {
            things, classes, ..
        } = &mut self.world;
        for thing in things.iter_mut() {
            for word in thing.told.clone() {
                if !self.rng.chance(extent.facts) {
                    continue;
                }
                let holds = thing.is.get(&word).copied();
                let meaning = classes.of(&word).map(|(c, v)| (c.to_owned(), v.to_owned()));
                match (holds, meaning) {
                    (Some(false), Some((class, value))) => thing.set(&class, &value, classes),
                    (Some(true), Some((class, value))) => {
                        let others: Vec<&String> = classes
                            .values(&class)
                            .iter()
                            .filter(|v| **v != value)
                            .collect();
                        if let Some(other) = self.rng.pick(&others) {
                            thing.set(&class, other, classes);
                        }
                    }
                    (Some(holds), None) => {
                        thing.is.insert(word, !holds);
                    }
                    (None, _) => {}
                }
            }
        }
    }

    /// Things come nearer or go farther.
    fn depths(&mut self, extent: Extent) {
        let known: Vec<usize> = (0..self.world.things.len())
            .filter(|at| self.world.things[*at].depth.is_some())
            .collect();
        for &at in &known {
            if !self.rng.chance(extent.facts) {
                continue;
            }
            // The depth of another one: what is compared comes out the other way.
            if let Some(&other) = self.rng.pick(&known) {
                let depth = self.world.things[at].depth;
                self.world.things[at].depth = self.world.things[other].depth;
                self.world.things[other].depth = depth;
            }
        }
    }

    fn relations(&mut self, extent: Extent) {
        let displaced = &self.displaced;
        let rng = &mut self.rng;
        self.world.relations.retain(|(name, a, b), holds| {
            let elsewhere = displaced.contains(a) || displaced.contains(b);
            if elsewhere && ["left of", "above", "over"].contains(&name.as_str()) {
                // Their boxes say it now.
                return false;
            }
            let part = if *holds { 0.6 } else { 0.1 };
            if rng.chance(part * extent.facts) {
                *holds = !*holds;
            }
            true
        });
    }

    fn facts(&mut self, extent: Extent) {
        let mut others = Vec::new();
        for (at, fact) in &self.world.facts {
            if self.rng.chance(extent.facts) {
                let seed = self.rng.next();
                let other = self.world.another(&fact.request, &fact.answer, seed);
                others.extend(other.map(|other| (at.clone(), other)));
            }
        }
        for (at, other) in others {
            if let Some(fact) = self.world.facts.get_mut(&at) {
                fact.answer = other;
            }
        }
    }

    /// Answers that the scene did not give as recorded change as the things behind them did.
    fn overrides(&mut self, base: &World, extent: Extent) {
        let mut changed = BTreeMap::new();
        for (key, kept) in &base.overrides {
            let answer = match &kept.answer {
                Answer::Detections(found) => Answer::Detections(self.refound(base, kept, found)),
                Answer::Error(_) => kept.answer.clone(),
                other => {
                    let seed = self.rng.next();
                    let turned = self.rng.chance(extent.facts);
                    let another = match turned {
                        true => self.world.another(&kept.request, other, seed),
                        false => None,
                    };
                    another.unwrap_or_else(|| other.clone())
                }
            };
            changed.insert(
                key.clone(),
                Override {
                    answer,
                    ..kept.clone()
                },
            );
        }
        self.world.overrides = changed;
    }

    /// A recorded list of detections in the changed world: without what is gone, moved and
    /// recoloured as the things are, and with what the scene finds now and did not before.
    fn refound(&self, base: &World, kept: &Override, found: &[Detection]) -> Vec<Detection> {
        let derived = |world: &World| match world.derived(&kept.request) {
            Answer::Detections(found) => found,
            _ => Vec::new(),
        };
        let before = derived(base);
        let mut all = Vec::new();
        for (detection, at) in found.iter().zip(&kept.things) {
            let (Some(was), Some(is)) = (
                at.and_then(|at| base.things.get(at)),
                at.and_then(|at| self.world.things.get(at)),
            ) else {
                all.push(detection.clone());
                continue;
            };
            if is.gone {
                continue;
            }
            let mut detection = detection.clone();
            if was.bbox != is.bbox {
                detection.bbox = is.bbox;
            }
            for (name, value) in &mut detection.attributes {
                if let Some(new) = is.attributes.get(name) {
                    *value = new.clone();
                }
            }
            if was.label != is.label {
                detection.label.clone_from(&is.label);
            }
            all.push(detection);
        }
        let is_new = |d: &&Detection| {
            !before.iter().any(|old| old == *d) && !all.iter().any(|old| old.bbox == d.bbox)
        };
        let new: Vec<Detection> = derived(&self.world)
            .iter()
            .filter(is_new)
            .cloned()
            .collect();
        all.extend(new);
        all
    }
}
