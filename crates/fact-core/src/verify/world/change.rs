//! Changes of single things: another value, another place, another size, gone, or one more.

use super::layout::{Layout, SizeTie, inside, overlap, rests_on};
use super::seed::{Rng, mix};
use super::thing::{Thing, moved};
use super::{MAX_THINGS, World};
use fact_lang::tool::BBox;
use std::collections::{BTreeMap, BTreeSet};

/// How often a free place is looked for.
const TRIES: usize = 20;

/// A world while it is changed.
pub(super) struct Change {
    pub(super) world: World,
    pub(super) rng: Rng,
    /// Things that lie elsewhere than before.
    pub(super) displaced: BTreeSet<usize>,
    /// Values that are more likely than others, by class.
    pub(super) favoured: BTreeMap<String, String>,
}

impl Change {
    /// Classes of which a thing has a value that can be another: its attributes, but for a size that
    /// goes with the box; without attributes, what it was asked for.
    pub(super) fn classes_of(&self, at: usize, size: &SizeTie) -> Vec<String> {
        let Some(thing) = self.world.things.get(at) else {
            return Vec::new();
        };
        let classes = &self.world.classes;
        let mut names: BTreeSet<String> = thing
            .attributes
            .keys()
            .filter(|name| name.as_str() != "size" || *size == SizeTie::Free)
            .cloned()
            .collect();
        let told = thing
            .is
            .iter()
            .filter(|(_, holds)| **holds)
            .filter_map(|(word, _)| classes.of(word))
            .filter(|(class, _)| !thing.attributes.contains_key(*class))
            .map(|(class, _)| class.to_owned());
        names.extend(told);
        // Whether it is a man or a dog is not changed with its colors.
        names
            .into_iter()
            .filter(|name| classes.values(name).len() > 1)
            .filter(|name| {
                let values = classes.values(name);
                values.first().is_none_or(|v| classes.kind_of(v).is_none())
            })
            .collect()
    }

    /// Gives a thing another value of a class, the favoured one more often than not.
    pub(super) fn recolour(&mut self, at: usize, class: &str) {
        let World {
            things, classes, ..
        } = &mut self.world;
        let Some(thing) = things.get_mut(at) else {
            return;
        };
        let old = thing.value(class, classes);
        let mut others: Vec<&String> = classes.values(class).iter().collect();
        others.retain(|v| Some(*v) != old.as_ref());
        let favoured = self.favoured.get(class).filter(|_| self.rng.chance(0.7));
        let new = match favoured {
            Some(value) => Some(value.clone()),
            None => self.rng.pick(&others).map(|v| (*v).clone()),
        };
        if let Some(new) = new
            && Some(&new) != old.as_ref()
        {
            thing.set(class, &new, classes);
        }
    }

    /// Takes a thing away, unless a container would be empty where none was.
    pub(super) fn remove(&mut self, at: usize, layout: &Layout) {
        let held = self.world.things.get(at).and_then(|thing| thing.parent);
        let last = held.is_some_and(|holder| self.world.is_container(holder))
            && self.world.neighbours(at).is_empty();
        if layout.empty || !last {
            self.take(at);
        }
    }

    /// Takes a thing away, and what was found in it.
    pub(super) fn take(&mut self, at: usize) {
        for at in self.with_parts(at) {
            if let Some(thing) = self.world.things.get_mut(at) {
                thing.gone = true;
                self.displaced.insert(at);
            }
        }
    }

    /// The thing and all that was found by looking into it. Parents come before their parts.
    fn with_parts(&self, at: usize) -> BTreeSet<usize> {
        let mut all = BTreeSet::from([at]);
        for (other, thing) in self.world.things.iter().enumerate().skip(at) {
            if thing.parent.is_some_and(|parent| all.contains(&parent)) {
                all.insert(other);
            }
        }
        all
    }

    /// Shifts a thing with its parts.
    pub(super) fn shift(&mut self, at: usize, dx: f64, dy: f64) {
        if dx == 0.0 && dy == 0.0 {
            return;
        }
        for at in self.with_parts(at) {
            if let Some(thing) = self.world.things.get_mut(at) {
                thing.bbox = moved(thing.bbox, dx, dy);
                self.displaced.insert(at);
            }
        }
    }

    /// Another place for a box of this size: anywhere, next to another thing with the usual gap, or
    /// at a wall. `None` if no free one is found.
    fn place(
        &mut self,
        size: (f64, f64),
        holder: BBox,
        others: &[BBox],
        layout: &Layout,
    ) -> Option<BBox> {
        let (width, height) = size;
        let (room_x, room_y) = (
            holder.right - holder.left - width,
            holder.bottom - holder.top - height,
        );
        if !(room_x >= 0.0 && room_y >= 0.0) {
            return None;
        }
        let whole = |x: f64| if layout.whole_pixels { x.round() } else { x };
        for _ in 0..TRIES {
            let way = self.rng.below(8);
            let (mut left, mut top) = (
                holder.left + whole(room_x * self.rng.between(0.0, 1.0)),
                holder.top + whole(room_y * self.rng.between(0.0, 1.0)),
            );
            let side = self.rng.below(4);
            let other = self.rng.pick(others).copied();
            let touching = layout.apart && way < 3;
            if let (true, Some(other)) = (touching, other) {
                let gap = layout.gap;
                match side {
                    0 => (left, top) = (other.left, other.top - gap - height),
                    1 => (left, top) = (other.left, other.bottom + gap),
                    2 => (left, top) = (other.left - gap - width, other.top),
                    _ => (left, top) = (other.right + gap, other.top),
                }
            } else if way < 5 {
                match side {
                    0 => top = holder.top,
                    1 => top = holder.bottom - height,
                    2 => left = holder.left,
                    _ => left = holder.right - width,
                }
            }
            let place = BBox {
                left,
                top,
                right: left + width,
                bottom: top + height,
            };
            let free = !layout.apart || !others.iter().any(|other| overlap(place, *other));
            if free && inside(place, holder) {
                return Some(place);
            }
        }
        None
    }

    fn boxes(&self, things: &[usize]) -> Vec<BBox> {
        let boxes = things.iter().filter_map(|at| self.world.things.get(*at));
        boxes.map(|thing| thing.bbox).collect()
    }

    /// Moves a thing within what holds it.
    pub(super) fn relocate(&mut self, at: usize, layout: &Layout) {
        let Some(thing) = self.world.things.get(at) else {
            return;
        };
        let Some(holder) = self.world.holder(thing) else {
            return;
        };
        let b = thing.bbox;
        let others = self.boxes(&self.world.neighbours(at));
        let size = (b.right - b.left, b.bottom - b.top);
        if let Some(place) = self.place(size, holder, &others, layout) {
            self.shift(at, place.left - b.left, place.top - b.top);
        }
    }

    /// Gives a thing another size: with its attribute where that goes with the box.
    pub(super) fn resize(&mut self, at: usize, size: &SizeTie, layout: &Layout) {
        let Some(thing) = self.world.things.get(at) else {
            return;
        };
        let Some(holder) = self.world.holder(thing) else {
            return;
        };
        let b = thing.bbox;
        let old = thing.value("size", &self.world.classes);
        let (new, width, height) = match size {
            SizeTie::Unknown if thing.attributes.contains_key("size") => return,
            SizeTie::Tied(sizes) => {
                let others: Vec<_> = sizes
                    .iter()
                    .filter(|(name, _)| Some(*name) != old.as_ref())
                    .collect();
                match self.rng.pick(&others) {
                    Some(&(name, &(width, height))) => (Some(name.clone()), width, height),
                    None => return,
                }
            }
            _ => {
                let factor = self.rng.between(0.6, 1.6);
                let whole = |x: f64| if layout.whole_pixels { x.round() } else { x };
                (
                    None,
                    whole((b.right - b.left) * factor),
                    whole((b.bottom - b.top) * factor),
                )
            }
        };
        // About the middle of the lower edge, pushed back into what holds it.
        let left = (b.left + ((b.right - b.left - width) / 2.0).floor())
            .min(holder.right - width)
            .max(holder.left);
        let top = (b.bottom - height)
            .min(holder.bottom - height)
            .max(holder.top);
        let mut place = BBox {
            left,
            top,
            right: left + width,
            bottom: top + height,
        };
        let others = self.boxes(&self.world.neighbours(at));
        if layout.apart && others.iter().any(|other| overlap(place, *other)) {
            match self.place((width, height), holder, &others, layout) {
                Some(other) => place = other,
                None => return,
            }
        }
        if !inside(place, holder) {
            return;
        }
        self.displaced.insert(at);
        let World {
            things, classes, ..
        } = &mut self.world;
        if let Some(thing) = things.get_mut(at) {
            thing.bbox = place;
            if let Some(new) = new {
                thing.set("size", &new, classes);
            }
        }
    }

    /// One more thing like another, in the same holder or in another one.
    pub(super) fn copy(&mut self, like: usize, holder: Option<usize>, layout: &Layout) {
        let Some(thing) = self.world.things.get(like) else {
            return;
        };
        let Some(frame) = self.world.frame(thing.image) else {
            return;
        };
        let room = match holder.and_then(|at| self.world.things.get(at)) {
            Some(holder) => holder.bbox,
            None => frame,
        };
        let image = thing.image;
        let b = thing.bbox;
        let size = (b.right - b.left, b.bottom - b.top);
        let held: Vec<usize> = self
            .world
            .items(image)
            .into_iter()
            .filter(|at| self.world.things[*at].parent == holder)
            .collect();
        let others = self.boxes(&held);
        if let Some(place) = self.place(size, room, &others, layout) {
            self.put(like, holder, place);
        }
    }

    /// Puts a copy of a thing at a place; the place in the world of the copy.
    fn put(&mut self, like: usize, parent: Option<usize>, bbox: BBox) -> Option<usize> {
        let at = self.world.things.len();
        // Twice the bound: what was found fills it once.
        if at >= 2 * MAX_THINGS {
            return None;
        }
        let mut copy = self.world.things.get(like)?.clone();
        copy.key = mix(self.world.seed, at as u64);
        copy.bbox = bbox;
        copy.parent = parent;
        copy.gone = false;
        copy.depth = None;
        if copy.id.is_some() {
            copy.id = Some(format!("added-{at}"));
        }
        self.world.things.push(copy);
        self.displaced.insert(at);
        Some(at)
    }

    /// Things of a holder on which nothing rests.
    fn tops(&self, holder: usize) -> Vec<usize> {
        let Some(image) = self.world.things.get(holder).map(|thing| thing.image) else {
            return Vec::new();
        };
        let held: Vec<usize> = self
            .world
            .items(image)
            .into_iter()
            .filter(|at| self.world.things[*at].parent == Some(holder))
            .collect();
        let bears = |at: usize| {
            held.iter().any(|other| {
                *other != at && rests_on(self.world.things[*other].bbox, self.world.things[at].bbox)
            })
        };
        held.iter().copied().filter(|at| !bears(*at)).collect()
    }

    /// Takes the top of a stack in a holder away.
    pub(super) fn lower(&mut self, holder: usize, layout: &Layout) {
        let tops = self.tops(holder);
        if let Some(at) = self.rng.pick(&tops).copied() {
            self.remove(at, layout);
        }
    }

    /// Puts a thing like another on top of a stack in a holder, or on its floor when it is empty:
    /// where things stand in other holders.
    pub(super) fn raise(&mut self, holder: usize, like: usize, layout: &Layout) {
        let tops = self.tops(holder);
        let (Some(room), Some(model)) =
            (self.world.things.get(holder), self.world.things.get(like))
        else {
            return;
        };
        let room = room.bbox;
        let (width, height) = (
            model.bbox.right - model.bbox.left,
            model.bbox.bottom - model.bbox.top,
        );
        let (left, bottom) = match self.rng.pick(&tops).map(|at| self.world.things[*at].bbox) {
            Some(top) => (top.left, top.top - layout.gap),
            None => {
                let from = self.world.holder(model).unwrap_or(room);
                (room.left + model.bbox.left - from.left, room.bottom)
            }
        };
        let place = BBox {
            left,
            top: bottom - height,
            right: left + width,
            bottom,
        };
        if inside(place, room) {
            self.put(like, Some(holder), place);
        }
    }

    /// A thing where a search had found none.
    pub(super) fn conjure(&mut self, image: usize, region: BBox, wanted: &str) {
        let at = self.world.things.len();
        let Some(frame) = self.world.frame(image) else {
            return;
        };
        let region = BBox {
            left: region.left.max(0.0),
            top: region.top.max(0.0),
            right: region.right.min(frame.right),
            bottom: region.bottom.min(frame.bottom),
        };
        if at >= 2 * MAX_THINGS || !super::thing::is_sound(region) {
            return;
        }
        let Some(bbox) = super::unseen::within(region, 0.3, 0.7, &mut self.rng) else {
            return;
        };
        let key = mix(self.world.seed, at as u64);
        let mut thing = Thing::new(key, image, bbox, super::words::head(wanted));
        thing.named(wanted);
        thing.id = self.world.has_ids().then(|| format!("added-{at}"));
        let template = self.world.template(image, &mut self.rng);
        if let Some(template) = template {
            thing.attributes.clone_from(&template.attributes);
            let classes = &self.world.classes;
            let words: Vec<(String, String)> = wanted
                .split(' ')
                .filter_map(|word| classes.of(word))
                .map(|(class, value)| (class.to_owned(), value.to_owned()))
                .collect();
            for (class, value) in words {
                if let Some(text) = thing.attributes.get_mut(&class) {
                    *text = fact_lang::tool::Arg::Str(value);
                }
            }
        }
        thing.parent = self
            .world
            .pictured(image, region)
            .filter(|parent| *parent < at);
        self.world.things.push(thing);
        self.displaced.insert(at);
    }
}
