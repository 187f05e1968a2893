//! From recorded answers to the scene behind them.

use super::answer::{about, asked};
use super::classes::{Classes, text_of};
use super::seed::{draw, mix};
use super::thing::{Thing, iou, is_sound};
use super::unseen::within;
use super::words::{self, Form, clean, form, is_image, listed, phrase, text_arg};
use super::{Fact, MAX_THINGS, Order, Override, Spot, World, Zone, key};
use fact_lang::run::Inputs;
use fact_lang::tool::{Answer, Arg, BBox, Detection, Recorded};
use std::collections::{BTreeMap, BTreeSet};

/// Boxes that overlap more than this are one thing.
const SAME: f64 = 0.9;
/// Boxes of things that are called alike: the same thing through another crop.
const SAME_NAME: f64 = 0.6;
/// Most searches that are remembered as regions where all is known.
const MAX_ZONES: usize = 2000;
/// Most answers of a tool that is not known.
const MAX_ANSWERED: usize = 64;

/// See [`World::of`].
pub(super) fn world(inputs: &Inputs, answers: &[Recorded], seed: u64) -> World {
    let mut seen = BTreeSet::new();
    let first: Vec<&Recorded> = answers
        .iter()
        .filter(|recorded| seen.insert(key(&recorded.request)))
        .collect();
    let mut build = Build {
        world: World {
            seed,
            sizes: inputs
                .images
                .iter()
                .map(|image| (f64::from(image.width), f64::from(image.height)))
                .collect(),
            things: Vec::new(),
            classes: Classes::known(),
            containers: BTreeSet::new(),
            zones: Vec::new(),
            order: order(&first),
            echoes: echoes(&first),
            relations: BTreeMap::new(),
            facts: BTreeMap::new(),
            overrides: BTreeMap::new(),
            answered: BTreeMap::new(),
        },
        members: Vec::new(),
    };
    build.collect(&first);
    build.hold(&first);
    build.classes(&first);
    build.searches(&first);
    build.world.furnish();
    for recorded in &first {
        build.presence(recorded);
    }
    for recorded in &first {
        build.verdict(recorded);
    }
    for (recorded, at) in first.iter().zip(0..) {
        build.relation(recorded, at);
    }
    for recorded in &first {
        build.depth(recorded);
        build.choice(recorded);
    }
    for recorded in &first {
        build.fact(recorded);
    }
    build.check(&first);
    build.world
}

struct Build {
    world: World,
    /// By record, the things behind its detections.
    members: Vec<Vec<Option<usize>>>,
}

fn found(recorded: &Recorded) -> &[Detection] {
    match &recorded.answer {
        Answer::Detections(found) => found,
        _ => &[],
    }
}

/// The (normal) phrase that a `find` looked for.
fn searched(recorded: &Recorded) -> Option<String> {
    let finds = recorded.request.tool == "find" && matches!(recorded.answer, Answer::Detections(_));
    let name = finds.then(|| text_arg(&recorded.request, 0))??;
    Some(phrase(name))
}

impl Build {
    /// A thing for each detection; the same one for the same object in several answers.
    fn collect(&mut self, records: &[&Recorded]) {
        for recorded in records {
            let image = recorded.request.image;
            let wanted = searched(recorded);
            let mut members: Vec<Option<usize>> = Vec::new();
            let mut used = BTreeSet::new();
            for detection in found(recorded) {
                let known = self.same(image, detection, wanted.as_deref(), &used);
                let at = known.or_else(|| self.create(image, detection));
                if let Some(at) = at {
                    used.insert(at);
                    let thing = &mut self.world.things[at];
                    if thing.attributes.is_empty() {
                        thing.attributes.clone_from(&detection.attributes);
                    }
                    if thing.id.is_none() {
                        thing.id.clone_from(&detection.id);
                    }
                    if let Some(wanted) = &wanted {
                        thing.named(wanted);
                        let shown = (detection.label.clone(), detection.score);
                        thing.shown.entry(wanted.clone()).or_insert(shown);
                    }
                }
                members.push(at);
            }
            self.members.push(members);
        }
    }

    /// The known thing that a detection shows.
    fn same(
        &self,
        image: usize,
        detection: &Detection,
        wanted: Option<&str>,
        used: &BTreeSet<usize>,
    ) -> Option<usize> {
        if !is_sound(detection.bbox) {
            return None;
        }
        let mut best: Option<(f64, usize)> = None;
        for (at, thing) in self.world.present(image) {
            if used.contains(&at) {
                continue;
            }
            if let (Some(a), Some(b)) = (&thing.id, &detection.id) {
                if a == b {
                    return Some(at);
                }
                continue;
            }
            let differs = thing
                .attributes
                .iter()
                .any(|(name, value)| detection.attributes.get(name).is_some_and(|v| v != value));
            if differs {
                continue;
            }
            let overlap = match thing.bbox == detection.bbox {
                true => 1.0,
                false => iou(thing.bbox, detection.bbox),
            };
            let alike = thing.label == detection.label
                || wanted.is_some_and(|wanted| thing.is.get(wanted) == Some(&true));
            let enough = if alike { SAME_NAME } else { SAME };
            if overlap >= enough && best.is_none_or(|(other, _)| overlap > other) {
                best = Some((overlap, at));
            }
        }
        best.map(|(_, at)| at)
    }

    fn create(&mut self, image: usize, detection: &Detection) -> Option<usize> {
        if self.world.things.len() >= MAX_THINGS || !is_sound(detection.bbox) {
            return None;
        }
        let at = self.world.things.len();
        let key = mix(mix(self.world.seed, image as u64), at as u64);
        let mut thing = Thing::new(key, image, detection.bbox, &detection.label);
        thing.score = detection.score;
        thing.id.clone_from(&detection.id);
        thing.attributes.clone_from(&detection.attributes);
        if detection.attributes.is_empty() && !detection.label.is_empty() {
            thing.named(&phrase(&detection.label));
        }
        self.world.things.push(thing);
        Some(at)
    }

    /// What was looked into to find what.
    fn hold(&mut self, records: &[&Recorded]) {
        // Some(None): found without looking into a thing.
        let mut through: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        for (recorded, members) in records.iter().zip(&self.members) {
            if searched(recorded).is_none() {
                continue;
            }
            let request = &recorded.request;
            let Spot::Thing(host) = self.world.spot(request) else {
                for at in members.iter().flatten() {
                    through.insert(*at, None);
                }
                continue;
            };
            let sides: [f64; 4] = self.world.things[host].bbox.into();
            let region: [f64; 4] = request.region.into();
            let exact = sides.iter().zip(region).all(|(a, b)| (a - b).abs() <= 0.5);
            if exact && members.first() != Some(&Some(host)) {
                self.world.containers.insert(host);
            }
            for at in members.iter().flatten().filter(|at| **at != host) {
                let known = through.entry(*at).or_insert(Some(host));
                if *known != Some(host) {
                    *known = None;
                }
            }
        }
        self.world.alike_containers();
        for (at, host) in through {
            // A thing made before what it lies in would be in a circle.
            self.world.things[at].parent = host.filter(|host| *host < at);
        }
    }

    /// The attributes that things were seen to have, and the words that requests used.
    fn classes(&mut self, records: &[&Recorded]) {
        let seen = self.world.seen_values();
        self.world.classes.see(&seen);
        for recorded in records {
            for (_, arg) in &recorded.request.args {
                match arg {
                    Arg::Str(text) => self.world.classes.mention(text),
                    Arg::List(items) => {
                        for text in items.iter().filter_map(text_of).take(100) {
                            self.world.classes.mention(text);
                        }
                    }
                    _ => {}
                }
            }
            let tool = recorded.request.tool.clone();
            let answers = self.world.answered.entry(tool).or_default();
            if answers.len() < MAX_ANSWERED {
                answers.push(recorded.answer.clone());
            }
        }
    }

    /// Where all that a phrase names is known.
    fn searches(&mut self, records: &[&Recorded]) {
        for (recorded, members) in records.iter().zip(&self.members) {
            let Some(wanted) = searched(recorded) else {
                continue;
            };
            if self.world.zones.len() >= MAX_ZONES {
                return;
            }
            let zone = Zone {
                image: recorded.request.image,
                phrase: wanted,
                region: recorded.request.region,
                empty: members.is_empty(),
            };
            rule_out(&mut self.world.things, &zone, members);
            self.world.zones.push(zone);
        }
    }

    /// A thing that must be there although nobody found it.
    fn suppose(&mut self, image: usize, region: BBox, wanted: &str) -> Option<usize> {
        let frame = self.world.frame(image)?;
        let region = BBox {
            left: region.left.max(0.0),
            top: region.top.max(0.0),
            right: region.right.min(frame.right),
            bottom: region.bottom.min(frame.bottom),
        };
        if !is_sound(region) || self.world.things.len() >= MAX_THINGS {
            return None;
        }
        let at = self.world.things.len();
        let key = mix(draw(self.world.seed, &["supposed", wanted]), at as u64);
        let mut rng = super::seed::Rng::new(key);
        let bbox = within(region, 0.5, 0.8, &mut rng)?;
        let mut thing = Thing::new(key, image, bbox, wanted);
        thing.named(wanted);
        thing.id = self.world.has_ids().then(|| format!("supposed-{at}"));
        let noun = words::head(wanted);
        for zone in &self.world.zones {
            if zone.image == image && thing.centred_in(zone.region) {
                if zone.phrase == wanted || zone.phrase == noun {
                    return None;
                }
                thing.not_named(&zone.phrase);
            }
        }
        thing.parent = self.world.pictured(image, region);
        self.world.things.push(thing);
        Some(at)
    }

    /// `exists`, and “is there a dog?”.
    fn presence(&mut self, recorded: &Recorded) {
        let request = &recorded.request;
        let (name, there) = match (request.tool.as_str(), &recorded.answer) {
            ("exists", Answer::Bool(there)) => match text_arg(request, 0) {
                Some(name) => (phrase(name), *there),
                None => return,
            },
            ("simple_query", Answer::Text(text)) => {
                let Some(Form::Exists(noun)) = text_arg(request, 0).map(form) else {
                    return;
                };
                match text.as_str() {
                    "yes" => (noun, true),
                    "no" => (noun, false),
                    _ => return,
                }
            }
            _ => return,
        };
        let (image, region) = (request.image, request.region);
        let known = self.world.found(image, region, &name);
        let has = known.iter().any(|found| found.at.is_some());
        if there {
            if !has {
                self.suppose(image, region, &name);
            }
        } else if !has && self.world.zones.len() < MAX_ZONES {
            let zone = Zone {
                image,
                phrase: name,
                region,
                empty: true,
            };
            rule_out(&mut self.world.things, &zone, &[]);
            self.world.zones.push(zone);
        }
    }

    /// `verify_property`, and “is the dog brown?”.
    fn verdict(&mut self, recorded: &Recorded) {
        let request = &recorded.request;
        let (at, word, holds) = match (request.tool.as_str(), &recorded.answer) {
            ("verify_property", Answer::Bool(holds)) => {
                let (Some(name), Some(word)) = (text_arg(request, 0), text_arg(request, 1)) else {
                    return;
                };
                let word = clean(word);
                if is_image(&clean(name)) {
                    let spot = Spot::Image(request.image);
                    self.keep(spot, about(&word), recorded);
                    return;
                }
                let named = self.world.named(request.image, request.region, name);
                let at = named
                    .and_then(|found| found.at)
                    .or_else(|| self.world.pictured(request.image, request.region))
                    .or_else(|| self.suppose(request.image, request.region, &phrase(name)));
                match at {
                    Some(at) => (at, word, *holds),
                    None => return,
                }
            }
            ("simple_query", Answer::Text(text)) => {
                let Some(Form::Property(words)) = text_arg(request, 0).map(form) else {
                    return;
                };
                let holds = match text.as_str() {
                    "yes" => true,
                    "no" => false,
                    _ => return,
                };
                match self.world.subject(request, &words) {
                    Some((at, cut)) => (at, clean(&words[cut..].join(" ")), holds),
                    None => return,
                }
            }
            _ => return,
        };
        self.tell(at, word, holds);
    }

    fn tell(&mut self, at: usize, word: String, holds: bool) {
        let thing = &mut self.world.things[at];
        thing.is.entry(word.clone()).or_insert(holds);
        thing.told.insert(word);
    }

    fn relation(&mut self, recorded: &Recorded, at: usize) {
        let request = &recorded.request;
        let targets = match request.tool.as_str() {
            "related" => false,
            "related_targets" => true,
            _ => return,
        };
        let (Some(text), Answer::Detections(_)) = (text_arg(request, 0), &recorded.answer) else {
            return;
        };
        let id = text_arg(request, 1).filter(|id| !id.is_empty());
        let Some(anchor) = self.world.anchor(request.image, request.region, id) else {
            return;
        };
        let (name, swapped) = words::relation(text);
        let members: BTreeSet<usize> = self.members[at].iter().flatten().copied().collect();
        let others: Vec<usize> = self
            .world
            .present(request.image)
            .map(|(at, _)| at)
            .filter(|at| *at != anchor)
            .collect();
        for other in others {
            let (mut a, mut b) = match targets != swapped {
                true => (anchor, other),
                false => (other, anchor),
            };
            if words::is_symmetric(&name) && b < a {
                (a, b) = (b, a);
            }
            let holds = members.contains(&other);
            self.world
                .relations
                .entry((name.clone(), a, b))
                .or_insert(holds);
        }
    }

    fn depth(&mut self, recorded: &Recorded) {
        let (request, Answer::Number(depth)) = (&recorded.request, &recorded.answer) else {
            return;
        };
        if request.tool != "compute_depth" || !depth.is_finite() {
            return;
        }
        let at = match self.world.spot(request) {
            Spot::Thing(at) => Some(at),
            Spot::Place(..) => self.world.anchor(request.image, request.region, None),
            _ => None,
        };
        if let Some(at) = at {
            let thing = &mut self.world.things[at];
            thing.depth = thing.depth.or(Some(*depth));
        }
    }

    /// `best_text_match`, and “what color is it?”: a value of the thing.
    fn choice(&mut self, recorded: &Recorded) {
        let (request, Answer::Text(text)) = (&recorded.request, &recorded.answer) else {
            return;
        };
        match request.tool.as_str() {
            "best_text_match" => {
                let Spot::Thing(at) = self.world.spot(request) else {
                    return;
                };
                for option in listed(request).iter().take(100) {
                    self.tell(at, clean(option), option == text);
                }
            }
            "simple_query" => {
                let Some(Form::Value(class, noun)) = text_arg(request, 0).map(form) else {
                    return;
                };
                let value = clean(text);
                if self
                    .world
                    .classes
                    .of(&value)
                    .is_some_and(|(c, _)| c == class)
                    && let Some(at) = self.world.meant(request, &noun)
                {
                    self.tell(at, value, true);
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, spot: Spot, asked: String, recorded: &Recorded) {
        let fact = Fact {
            request: recorded.request.clone(),
            answer: recorded.answer.clone(),
        };
        self.world.facts.entry((spot, asked)).or_insert(fact);
    }

    /// Answers that the scene does not hold.
    fn fact(&mut self, recorded: &Recorded) {
        let request = &recorded.request;
        let scene = [
            "find",
            "exists",
            "verify_property",
            "compute_depth",
            "related",
            "related_targets",
        ];
        if scene.contains(&request.tool.as_str()) || matches!(recorded.answer, Answer::Error(_)) {
            return;
        }
        let spot = self.world.spot(request);
        let by_scene = match request.tool.as_str() {
            "simple_query" => {
                let question = text_arg(request, 0).unwrap_or("what is this");
                self.world.seen(request, &form(question))
            }
            "best_text_match" if matches!(spot, Spot::Thing(_)) => {
                self.world.best_match(&spot, request)
            }
            _ => None,
        };
        if !matches!((&by_scene, &recorded.answer), (Some(a), Answer::Text(b)) if a == b) {
            self.keep(spot, asked(request), recorded);
        }
    }

    /// What the scene would not answer as recorded is kept as it is.
    fn check(&mut self, records: &[&Recorded]) {
        for (recorded, members) in records.iter().zip(&self.members) {
            if self.world.derived(&recorded.request) != recorded.answer {
                let kept = Override {
                    request: recorded.request.clone(),
                    answer: recorded.answer.clone(),
                    things: members.clone(),
                };
                self.world.overrides.insert(key(&recorded.request), kept);
            }
        }
    }
}

/// What lies in the zone and was not found there is not called that.
fn rule_out(things: &mut [Thing], zone: &Zone, members: &[Option<usize>]) {
    let found: BTreeSet<usize> = members.iter().flatten().copied().collect();
    for (at, thing) in things.iter_mut().enumerate() {
        if thing.image == zone.image && thing.centred_in(zone.region) && !found.contains(&at) {
            thing.not_named(&zone.phrase);
        }
    }
}

/// The order that all recorded answers are in.
fn order(records: &[&Recorded]) -> Order {
    let lists: Vec<&[Detection]> = records
        .iter()
        .filter(|recorded| recorded.request.tool == "find")
        .map(|recorded| found(recorded))
        .filter(|found| found.len() > 1)
        .collect();
    if lists.iter().map(|list| list.len()).sum::<usize>() < 3 {
        return Order::First;
    }
    let all = |in_order: &dyn Fn(&Detection, &Detection) -> bool| {
        lists.iter().all(|list| list.is_sorted_by(in_order))
    };
    let left = |d: &Detection| (d.bbox.left, d.bbox.top);
    let top = |d: &Detection| (d.bbox.top, d.bbox.left);
    if all(&|a, b| left(a) <= left(b)) {
        return Order::Left;
    }
    if all(&|a, b| top(a) <= top(b)) {
        return Order::Top;
    }
    let scored = lists
        .iter()
        .any(|list| list[0].score > list[list.len() - 1].score);
    match scored && all(&|a, b| a.score >= b.score) {
        true => Order::Score,
        false => Order::First,
    }
}

/// Whether everything found was labelled with the words it was looked for by.
fn echoes(records: &[&Recorded]) -> bool {
    let mut any = false;
    for recorded in records.iter().filter(|r| r.request.tool == "find") {
        let asked = text_arg(&recorded.request, 0);
        for detection in found(recorded) {
            any = true;
            if asked != Some(detection.label.as_str()) {
                return false;
            }
        }
    }
    any
}
