//! What a world answers to a request, from its scene.

use super::seed::{draw, mix, unit};
use super::thing::{Thing, centre};
use super::words::{self, clean, is_image, phrase, text_arg};
use super::{Order, Spot, World, key};
use fact_lang::tool::{Answer, BBox, Detection, Request};
use std::borrow::Cow;

/// Part of an image that a region must cover to be all of it.
const WHOLE: f64 = 0.98;

/// A thing that was found: one of the world's, by its place, or one that nobody had asked about.
pub(super) struct Found<'w> {
    pub(super) at: Option<usize>,
    pub(super) thing: Cow<'w, Thing>,
}

impl World {
    /// The answer that the scene gives.
    pub(super) fn derived(&self, request: &Request) -> Answer {
        let (image, region) = (request.image, request.region);
        let first = text_arg(request, 0);
        match (request.tool.as_str(), first) {
            ("find", Some(name)) => Answer::Detections(self.detections(image, region, name)),
            ("exists", Some(name)) => Answer::Bool(!self.found(image, region, name).is_empty()),
            ("verify_property", Some(name)) => match text_arg(request, 1) {
                Some(attribute) => Answer::Bool(self.verified(image, region, name, attribute)),
                None => missing(request),
            },
            ("compute_depth", _) => Answer::Number(self.depth(image, region)),
            ("related" | "related_targets", Some(relation)) => {
                let id = text_arg(request, 1).filter(|id| !id.is_empty());
                let targets = request.tool == "related_targets";
                Answer::Detections(self.related(image, region, relation, id, targets))
            }
            ("find" | "exists" | "verify_property" | "related" | "related_targets", None) => {
                missing(request)
            }
            _ => self.told(request),
        }
    }

    /// What the scene does not hold: a fact, or an answer in words or numbers.
    fn told(&self, request: &Request) -> Answer {
        let spot = self.spot(request);
        if let Some(fact) = self.facts.get(&(spot.clone(), asked(request))) {
            return fact.answer.clone();
        }
        match request.tool.as_str() {
            "simple_query" => {
                let question = text_arg(request, 0).unwrap_or("what is this");
                Answer::Text(self.said(request, &spot, question))
            }
            "llm_answer" => match text_arg(request, 0) {
                Some(question) => Answer::Text(self.known(question)),
                None => missing(request),
            },
            "best_text_match" => match self.best_match(&spot, request) {
                Some(option) => Answer::Text(option),
                None => missing(request),
            },
            "match_text" => match text_arg(request, 0) {
                Some(text) => Answer::Number(self.match_score(&spot, text)),
                None => missing(request),
            },
            tool => {
                // A tool of the pack's own: one of the answers that it gave.
                let answers = self.answered.get(tool).map_or(&[][..], Vec::as_slice);
                let at = draw(self.seed, &[tool, &format!("{spot:?}"), &asked(request)]);
                match answers.get((at % answers.len().max(1) as u64) as usize) {
                    Some(answer) => answer.clone(),
                    None => Answer::Error(format!("a latent world has no answers of `{tool}`")),
                }
            }
        }
    }

    /// All that the name means and whose centre is in the region, in order.
    pub(super) fn found(&self, image: usize, region: BBox, name: &str) -> Vec<Found<'_>> {
        let wanted = phrase(name);
        let known = self
            .present(image)
            .filter(|(_, thing)| thing.centred_in(region) && self.is_called(thing, &wanted))
            .map(|(at, thing)| Found {
                at: Some(at),
                thing: Cow::Borrowed(thing),
            });
        let unseen = self
            .unseen(image, &wanted)
            .into_iter()
            .filter(|thing| thing.centred_in(region) && self.is_called(thing, &wanted))
            .map(|thing| Found {
                at: None,
                thing: Cow::Owned(thing),
            });
        let mut found: Vec<Found<'_>> = known.chain(unseen).collect();
        let place = |b: BBox| match self.order {
            Order::Left => (b.left, b.top),
            Order::Top => (b.top, b.left),
            Order::First | Order::Score => (0.0, 0.0),
        };
        found.sort_by(|a, b| {
            let ((ax, ay), (bx, by)) = (place(a.thing.bbox), place(b.thing.bbox));
            let by_score = match self.order {
                Order::Score => b.thing.score.total_cmp(&a.thing.score),
                _ => std::cmp::Ordering::Equal,
            };
            ax.total_cmp(&bx).then(ay.total_cmp(&by)).then(by_score)
        });
        found
    }

    fn is_called(&self, thing: &Thing, wanted: &str) -> bool {
        thing.is_called(wanted, &self.classes)
    }

    fn detections(&self, image: usize, region: BBox, name: &str) -> Vec<Detection> {
        let wanted = phrase(name);
        let echo = self.echoes.then_some(name);
        self.found(image, region, name)
            .iter()
            .map(|found| found.thing.detection(Some(&wanted), echo))
            .collect()
    }

    /// Of what the name means, what the region shows best.
    pub(super) fn named(&self, image: usize, region: BBox, name: &str) -> Option<Found<'_>> {
        let wanted = phrase(name);
        let known = self
            .present(image)
            .filter(|(_, thing)| self.is_called(thing, &wanted))
            .map(|(at, thing)| Found {
                at: Some(at),
                thing: Cow::Borrowed(thing),
            });
        let unseen = self
            .unseen(image, &wanted)
            .into_iter()
            .filter(|thing| self.is_called(thing, &wanted))
            .map(|thing| Found {
                at: None,
                thing: Cow::Owned(thing),
            });
        best(known.chain(unseen), region)
    }

    /// The thing that the region is a picture of.
    pub(super) fn pictured(&self, image: usize, region: BBox) -> Option<usize> {
        let mut best: Option<(f64, usize)> = None;
        for (at, thing) in self.present(image) {
            if let Some(fit) = thing.fits(region)
                && best.is_none_or(|(other, _)| fit > other)
            {
                best = Some((fit, at));
            }
        }
        best.map(|(_, at)| at)
    }

    /// What a request is about.
    pub(super) fn spot(&self, request: &Request) -> Spot {
        if request.tool == "llm_answer" {
            return Spot::Nowhere;
        }
        let (image, region) = (request.image, request.region);
        if self.is_whole(image, region) {
            return Spot::Image(image);
        }
        match self.pictured(image, region) {
            Some(at) => Spot::Thing(at),
            // Saturates where a hostile region is out of range.
            None => Spot::Place(
                image,
                <[f64; 4]>::from(region).map(|side| side.round() as i64),
            ),
        }
    }

    fn is_whole(&self, image: usize, region: BBox) -> bool {
        self.frame(image).is_none_or(|frame| {
            let width = region.right.min(frame.right) - region.left.max(frame.left);
            let height = region.bottom.min(frame.bottom) - region.top.max(frame.top);
            width >= WHOLE * frame.right && height >= WHOLE * frame.bottom
        })
    }

    /// A number by which what the spot shows differs from others.
    pub(super) fn spot_key(&self, spot: &Spot) -> u64 {
        match spot {
            Spot::Thing(at) => self.things.get(*at).map_or(0, |thing| thing.key),
            other => draw(self.seed, &[&format!("{other:?}")]),
        }
    }

    pub(super) fn verified(&self, image: usize, region: BBox, name: &str, attribute: &str) -> bool {
        let wanted = clean(attribute);
        if is_image(&clean(name)) {
            return self.image_is(image, &wanted);
        }
        if let Some(found) = self.named(image, region, name) {
            return found.thing.has(&wanted, &self.classes);
        }
        // The thing in the patch, by another name.
        self.pictured(image, region)
            .and_then(|at| self.things.get(at))
            .is_some_and(|thing| {
                // What is known not to be a cat is no black cat.
                thing.is.get(&phrase(name)) != Some(&false) && thing.has(&wanted, &self.classes)
            })
    }

    /// Whether the image as a whole has an attribute.
    pub(super) fn image_is(&self, image: usize, wanted: &str) -> bool {
        let told = self.facts.get(&(Spot::Image(image), about(wanted)));
        match told.map(|fact| &fact.answer) {
            Some(Answer::Bool(known)) => *known,
            _ => draw(mix(self.seed, image as u64), &["image is", wanted]) & 1 == 0,
        }
    }

    pub(super) fn depth(&self, image: usize, region: BBox) -> f64 {
        let pictured = match self.is_whole(image, region) {
            true => None,
            false => self.pictured(image, region),
        };
        let thing = match pictured {
            Some(at) => self.things.get(at),
            None if self.is_whole(image, region) => None,
            None => {
                let things = self.present(image).map(|(at, thing)| Found {
                    at: Some(at),
                    thing: Cow::Borrowed(thing),
                });
                best(things, region)
                    .and_then(|found| found.at)
                    .and_then(|at| self.things.get(at))
            }
        };
        match thing {
            Some(thing) => self.depth_of(thing),
            None => {
                let place = format!("{image} {:?}", <[f64; 4]>::from(region));
                self.in_depth_range(unit(draw(self.seed, &["depth", &place])))
            }
        }
    }

    fn depth_of(&self, thing: &Thing) -> f64 {
        thing
            .depth
            .unwrap_or_else(|| self.in_depth_range(thing.depth_draw()))
    }

    /// `part` of the range of depths that were recorded; of 0 to 1 without any.
    fn in_depth_range(&self, part: f64) -> f64 {
        let depths = self.things.iter().filter_map(|thing| thing.depth);
        let (low, high) = depths.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), d| {
            (low.min(d), high.max(d))
        });
        match high > low {
            true => low + part * (high - low),
            false => part,
        }
    }

    /// The things that stand in a relation to the one in the region, or that it stands in one to.
    fn related(
        &self,
        image: usize,
        region: BBox,
        relation: &str,
        id: Option<&str>,
        targets: bool,
    ) -> Vec<Detection> {
        let Some(anchor) = self.anchor(image, region, id) else {
            return Vec::new();
        };
        let (name, swapped) = words::relation(relation);
        // Is the anchor the first of the two in the relation as it is kept?
        let first = targets != swapped;
        self.present(image)
            .filter(|(at, _)| *at != anchor && !self.is_container(*at))
            .filter(|(at, _)| match first {
                true => self.holds(&name, anchor, *at),
                false => self.holds(&name, *at, anchor),
            })
            .map(|(_, thing)| thing.detection(None, None))
            .collect()
    }

    /// The thing that a relation is asked about.
    pub(super) fn anchor(&self, image: usize, region: BBox, id: Option<&str>) -> Option<usize> {
        if let Some(id) = id {
            let mut things = self.present(image);
            return things
                .find(|(_, thing)| thing.id.as_deref() == Some(id))
                .map(|(at, _)| at);
        }
        let things = self.present(image).map(|(at, thing)| Found {
            at: Some(at),
            thing: Cow::Borrowed(thing),
        });
        best(things, region)?.at
    }

    /// Whether “a is `relation` b”: as told; by their boxes or depths, where these say it; else
    /// drawn, so that one pair in five is related.
    pub(super) fn holds(&self, relation: &str, a: usize, b: usize) -> bool {
        let (a, b) = match words::is_symmetric(relation) && b < a {
            true => (b, a),
            false => (a, b),
        };
        if let Some(told) = self.relations.get(&(relation.to_owned(), a, b)) {
            return *told;
        }
        let (Some(one), Some(other)) = (self.things.get(a), self.things.get(b)) else {
            return false;
        };
        let ((ax, ay), (bx, by)) = (centre(one.bbox), centre(other.bbox));
        match relation {
            "left of" => ax < bx,
            "above" | "over" => ay < by,
            "in front of" => self.depth_of(one) < self.depth_of(other),
            _ => {
                // Not both ways, unless the relation is its own converse.
                let pair = draw(mix(one.key, other.key), &[relation]);
                let back = draw(mix(other.key, one.key), &[relation]);
                pair.is_multiple_of(5)
                    && (!back.is_multiple_of(5) || words::is_symmetric(relation) || a < b)
            }
        }
    }

    /// Whether the thing is a box that holds others.
    pub(super) fn is_container(&self, at: usize) -> bool {
        self.containers.contains(&at)
    }
}

/// The one that the region shows best: the largest intersection over union of those that fit it or
/// are centred in it.
fn best<'w>(things: impl Iterator<Item = Found<'w>>, region: BBox) -> Option<Found<'w>> {
    let mut best: Option<(f64, Found<'w>)> = None;
    for found in things {
        let fit = found.thing.fits(region);
        if fit.is_none() && !found.thing.centred_in(region) {
            continue;
        }
        let score = super::thing::iou(found.thing.bbox, region);
        if best.as_ref().is_none_or(|(other, _)| score > *other) {
            best = Some((score, found));
        }
    }
    best.map(|(_, found)| found)
}

/// What is asked when the image as a whole is asked for an attribute.
pub(super) fn about(attribute: &str) -> String {
    format!("is {attribute}")
}

/// What is asked, apart from where.
pub(super) fn asked(request: &Request) -> String {
    key(&Request {
        image: 0,
        region: BBox::from([0.0; 4]),
        ..request.clone()
    })
}

fn missing(request: &Request) -> Answer {
    Answer::Error(format!("`{}` needs a text", request.tool))
}
