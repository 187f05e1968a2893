//! The annotation back end, `scene`: answers from what people annotated, not from pixels.
//!
//! Readers bring each source schema into the common [`Scene`]: [`clevr`], [`gqa`] (and its
//! re-laid-out form), [`nlvr`], [`coco`]. [`SceneBackend`] answers over it:
//!
//! | capability | answer |
//! |---|---|
//! | [`Detect`] | objects that a noun phrase describes (“large metal cube”), in the scene's order |
//! | [`VerifyAttribute`] | whether the annotation gives the object the attribute |
//! | [`AnswerQuestion`] | a few question forms: attribute, name, count, existence, comparison |
//! | [`Relate`] | annotated relations and their converses; positions where none are annotated |
//! | [`Depth`] | distance from the camera, where annotated (CLEVR) |
//!
//! Plurals, synonyms, kinds (“person”, “furniture”) and attribute categories come from the readable
//! file `words.toml`.
//!
//! # What is not annotated
//! The world is closed for objects, attributes and relations: a word that the scene does not have,
//! known or not, finds nothing and is not a property of anything. For values the back end does not
//! guess: asking the colour of an object without an annotated colour is refused, and so is a
//! question of a form it does not know. A refusal is an outcome of the program, not of the run.

pub mod clevr;
pub mod coco;
pub mod gqa;
pub mod nlvr;

mod ask;
mod error;
mod matching;
mod relate;
mod words;

pub use error::SceneError;
pub use words::{Words, words};

use crate::perception::{
    AnswerQuestion, Depth, Detect, Perception, Refusal, Relate, Scene, SceneObject,
    VerifyAttribute, View,
};
use fact_lang::tool::{Arg, BBox, Detection};
use std::sync::Arc;

/// Name and version of the back end: part of every cache key. Changes with its behaviour and with
/// `words.toml`.
pub const FINGERPRINT: &str = "scene-1";

/// Answers from annotations.
#[derive(Debug, Clone, Copy, Default)]
pub struct SceneBackend;

/// The annotation back end as a [`Perception`], with every capability it has.
pub fn perception() -> Perception {
    let backend = Arc::new(SceneBackend);
    Perception {
        detect: Some(backend.clone()),
        verify: Some(backend.clone()),
        ask: Some(backend.clone()),
        depth: Some(backend.clone()),
        relate: Some(backend),
        ..Perception::without_capabilities(FINGERPRINT)
    }
}

fn scene<'v>(view: &View<'v>) -> Result<&'v Scene, Refusal> {
    view.scene.ok_or_else(|| {
        Refusal(
            "the image has no annotation; use a data set with scenes, or a back end that looks at \
             pixels"
                .into(),
        )
    })
}

/// The object a call is about: the one with this id, else the one that fits the region best.
fn object<'s>(
    scene: &'s Scene,
    region: BBox,
    id: Option<&str>,
) -> Result<&'s SceneObject, Refusal> {
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        let found = scene.objects.iter().find(|o| o.id == id);
        return found.ok_or_else(|| Refusal(format!("no object `{id}` is annotated in the image")));
    }
    let things: Vec<_> = scene.objects.iter().collect();
    matching::best_fit(&things, region)
        .ok_or_else(|| Refusal("no annotated object is in this region".into()))
}

impl Detect for SceneBackend {
    fn detect(&self, view: &View<'_>, region: BBox, name: &str) -> Result<Vec<Detection>, Refusal> {
        let found = matching::find(scene(view)?, region, name);
        Ok(found.into_iter().map(matching::detection).collect())
    }
}

impl VerifyAttribute for SceneBackend {
    /// Of the objects called `name` in `region`, the one that fits it best; `false` when there is
    /// none. An attribute may also be a kind: a girl is a `person`.
    fn verify(
        &self,
        view: &View<'_>,
        region: BBox,
        name: &str,
        attribute: &str,
    ) -> Result<bool, Refusal> {
        let scene = scene(view)?;
        if words().is_image(&words::clean(name)) {
            let wanted = words().value(attribute);
            return Ok(scene
                .attributes
                .values()
                .any(|v| words().value(v) == wanted));
        }
        let named = matching::Phrase::parse(name);
        let named: Vec<_> = scene.objects.iter().filter(|o| named.means(o)).collect();
        Ok(matching::best_fit(&named, region).is_some_and(|object| {
            matching::has(object, attribute) || matching::is_called(object, attribute)
        }))
    }
}

impl AnswerQuestion for SceneBackend {
    fn ask(&self, view: &View<'_>, region: BBox, question: &str) -> Result<String, Refusal> {
        ask::ask(scene(view)?, region, question)
    }
}

impl Depth for SceneBackend {
    fn depth(&self, view: &View<'_>, region: BBox) -> Result<f64, Refusal> {
        let object = object(scene(view)?, region, None)?;
        match object.attributes.get(matching::DEPTH) {
            Some(Arg::Float(depth)) => Ok(*depth),
            _ => Err(Refusal(format!(
                "the annotation does not say how far the {} is",
                object.name
            ))),
        }
    }
}

impl Relate for SceneBackend {
    fn related(
        &self,
        view: &View<'_>,
        region: BBox,
        id: Option<&str>,
        relation: &str,
    ) -> Result<Vec<Detection>, Refusal> {
        let scene = scene(view)?;
        let anchor = object(scene, region, id)?;
        Ok(relate::subjects(scene, anchor, relation))
    }

    fn targets(
        &self,
        view: &View<'_>,
        region: BBox,
        id: Option<&str>,
        relation: &str,
    ) -> Result<Vec<Detection>, Refusal> {
        let scene = scene(view)?;
        let subject = object(scene, region, id)?;
        Ok(relate::targets(scene, subject, relation))
    }
}

#[cfg(test)]
mod tests;
