//! Perception of flat-coloured images from their pixels alone: boxes, and items with colour,
//! shape, size and place.
//!
//! ```text
//! pixels ─ palette ─► labels ─ panels ─► boxes ─ cluster ─► regions ─ shape ─► items
//!                                                              └ split ─────► items
//! ```
//!
//! Knows no annotation and guesses nothing: a word it does not know, and an image that is no
//! drawing in flat colours, are refusals. It answers `find`, `exists`, `verify_property`,
//! `best_text_match`, `match_text` and simple questions (`simple_query`). An image is analysed
//! once and remembered in its [`View`].

mod analyse;
mod cluster;
mod color;
mod palette;
mod panels;
mod phrase;
mod question;
mod shape;
mod split;
mod stamp;

pub use analyse::{Analysis, Item, NotFlat, Size, analyse};
pub use panels::Rect;
pub use shape::Shape;

use crate::perception::{
    AnswerQuestion, Detect, MatchText, Perception, Refusal, VerifyAttribute, View,
};
use fact_lang::tool::{Arg, BBox, Detection};
use phrase::Phrase;
use std::sync::Arc;

/// Name and version of this back end: part of every cache key. Raise it with every change of
/// what is perceived.
pub const FINGERPRINT: &str = "pixels-1";

/// The back end with all it can do.
pub fn perception() -> Perception {
    let pixels = Arc::new(Pixels);
    Perception {
        detect: Some(pixels.clone()),
        verify: Some(pixels.clone()),
        ask: Some(pixels.clone()),
        match_text: Some(pixels),
        ..Perception::without_capabilities(FINGERPRINT)
    }
}

/// The back end; see the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pixels;

impl Pixels {
    /// What the image of a view shows, worked out on the first call.
    ///
    /// # Errors
    /// A view without pixels, and [`NotFlat`].
    pub fn analysis(view: &View<'_>) -> Result<Arc<Result<Analysis, NotFlat>>, Refusal> {
        let pixels = view.pixels.ok_or_else(|| {
            Refusal("the sample has no image to look at, only annotations".to_owned())
        })?;
        Ok(view.memo.get_or_insert_with(|| analyse(pixels)))
    }
}

fn with<T>(
    view: &View<'_>,
    look: impl FnOnce(&Analysis) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    match Pixels::analysis(view)?.as_ref() {
        Ok(analysis) => look(analysis),
        Err(not_flat) => Err(Refusal(format!(
            "{not_flat}; use a back end with a vision model for such images"
        ))),
    }
}

fn to_bbox(rect: Rect) -> BBox {
    [rect.left, rect.top, rect.right, rect.bottom]
        .map(f64::from)
        .into()
}

/// Whether the centre of `rect` lies in `region`.
fn holds(region: BBox, rect: Rect) -> bool {
    let x = f64::from(rect.left + rect.right) / 2.0;
    let y = f64::from(rect.top + rect.bottom) / 2.0;
    (region.left..region.right).contains(&x) && (region.top..region.bottom).contains(&y)
}

/// Share of the union of two rectangles that both cover.
fn overlap(a: BBox, b: BBox) -> f64 {
    let area = |b: BBox| (b.right - b.left).max(0.0) * (b.bottom - b.top).max(0.0);
    let both = area(BBox {
        left: a.left.max(b.left),
        top: a.top.max(b.top),
        right: a.right.min(b.right),
        bottom: a.bottom.min(b.bottom),
    });
    both / (area(a) + area(b) - both).max(f64::MIN_POSITIVE)
}

impl Analysis {
    fn items_in<'a>(&'a self, region: BBox, phrase: &Phrase) -> Vec<&'a Item> {
        self.items
            .iter()
            .filter(|item| phrase.fits(item) && holds(region, item.rect))
            .collect()
    }

    fn panels_in(&self, region: BBox, phrase: &Phrase) -> Vec<Rect> {
        if phrase.color.is_some_and(|color| color != self.ground) {
            return Vec::new();
        }
        let inside = |rect: &&Rect| holds(region, **rect);
        self.panels.iter().filter(inside).copied().collect()
    }

    /// The items that a question about `phrase` in `region` is about: of several, the one that
    /// fills the region, if one does.
    fn subjects(&self, region: BBox, phrase: &Phrase) -> Vec<&Item> {
        let found = self.items_in(region, phrase);
        let filling = found
            .iter()
            .copied()
            .filter(|item| overlap(region, to_bbox(item.rect)) >= 0.5)
            .max_by(|a, b| {
                let share = |item: &Item| overlap(region, to_bbox(item.rect));
                share(a).total_cmp(&share(b))
            });
        filling.map_or(found, |item| vec![item])
    }
}

impl Item {
    /// As programs see it: label, box, and `color`, `shape`, `size`.
    pub fn detection(&self) -> Detection {
        let attributes = [
            ("color", self.color),
            ("shape", self.shape.name()),
            ("size", self.size.name()),
        ];
        Detection {
            label: format!("{} {} {}", self.size.name(), self.color, self.shape.name()),
            bbox: to_bbox(self.rect),
            score: 1.0,
            id: None,
            attributes: attributes
                .into_iter()
                .map(|(name, value)| (name.to_owned(), Arg::Str(value.to_owned())))
                .collect(),
        }
    }
}

impl Detect for Pixels {
    /// `box`, `boxes`, `grey box`: the boxes, from left to right, row by row. Everything else is a
    /// phrase of at most one size, one colour and one noun for items; they come box by box, by
    /// left edge, then top edge.
    fn detect(&self, view: &View<'_>, region: BBox, name: &str) -> Result<Vec<Detection>, Refusal> {
        let phrase = Phrase::parse(name)?;
        with(view, |analysis| {
            if !phrase.boxes {
                let items = analysis.items_in(region, &phrase);
                return Ok(items.into_iter().map(Item::detection).collect());
            }
            let panels = analysis.panels_in(region, &phrase).into_iter();
            Ok(panels
                .map(|rect| Detection {
                    label: "box".to_owned(),
                    bbox: to_bbox(rect),
                    score: 1.0,
                    id: None,
                    attributes: [("color".to_owned(), Arg::Str(analysis.ground.to_owned()))].into(),
                })
                .collect())
        })
    }
}

impl VerifyAttribute for Pixels {
    /// Whether every `name` in the region (the one that fills it, if one does) is `attribute`: a
    /// colour, shape or size. Without such an item there is nothing to judge: a refusal.
    fn verify(
        &self,
        view: &View<'_>,
        region: BBox,
        name: &str,
        attribute: &str,
    ) -> Result<bool, Refusal> {
        let (phrase, asked) = (Phrase::parse(name)?, Phrase::parse(attribute)?);
        if phrase.boxes || asked.boxes {
            return Err(Refusal(
                "a box has no attribute to verify; ask for what it holds".to_owned(),
            ));
        }
        with(view, |analysis| {
            let subjects = analysis.subjects(region, &phrase);
            if subjects.is_empty() {
                return Err(Refusal(format!("there is no `{name}` in the region")));
            }
            Ok(subjects.into_iter().all(|item| asked.fits(item)))
        })
    }
}

impl AnswerQuestion for Pixels {
    /// Questions for the colour, shape or size of one item, for existence (`yes`, `no`) and for a
    /// number, in the wordings of `question.rs`; others are refused.
    fn ask(&self, view: &View<'_>, region: BBox, question: &str) -> Result<String, Refusal> {
        let asked = question::parse(question)?;
        with(view, |analysis| asked.answer(analysis, region))
    }
}

impl MatchText for Pixels {
    /// For each text, a phrase, the largest share of its properties that an item in the region has.
    fn match_texts(
        &self,
        view: &View<'_>,
        region: BBox,
        texts: &[String],
    ) -> Result<Vec<f64>, Refusal> {
        let phrases: Vec<Phrase> = texts
            .iter()
            .map(|text| Phrase::parse(text))
            .collect::<Result<_, _>>()?;
        with(view, |analysis| {
            let subjects = analysis.subjects(region, &Phrase::default());
            Ok(phrases
                .iter()
                .map(|phrase| {
                    let shares = subjects.iter().map(|item| match phrase.score(item) {
                        _ if phrase.boxes => 0.0,
                        (_, 0) => 1.0,
                        (fitting, named) => f64::from(fitting) / f64::from(named),
                    });
                    shares.fold(0.0, f64::max)
                })
                .collect())
        })
    }
}

#[cfg(test)]
mod tests;
