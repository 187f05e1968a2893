//! Capabilities: what a back end may be able to do. `router.rs` maps requests to them.

use fact_lang::tool::{Arg, BBox, Detection};
use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// One image as a back end sees it: pixels on demand and annotations, if the data set has them.
///
/// Keep one view for all requests on an image: back ends remember in it what they worked out.
#[derive(Default)]
pub struct View<'a> {
    /// The decoded image; `None` when the data set ships annotations without images.
    pub pixels: Option<&'a image::RgbImage>,
    /// The annotation of the image, if any.
    pub scene: Option<&'a Scene>,
    /// What back ends worked out about this image.
    pub memo: Memo,
}

impl<'a> View<'a> {
    /// An image without annotations.
    pub fn of_pixels(pixels: &'a image::RgbImage) -> Self {
        Self {
            pixels: Some(pixels),
            ..Self::default()
        }
    }

    /// Annotations without an image.
    pub fn of_scene(scene: &'a Scene) -> Self {
        Self {
            scene: Some(scene),
            ..Self::default()
        }
    }
}

/// What back ends worked out about one image, one value a type, computed at most once.
#[derive(Default)]
pub struct Memo(Mutex<BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Memo {
    /// The value of type `T`, computed by `make` on the first call. Calls from other threads wait
    /// for it; `make` must not use the memo itself.
    pub fn get_or_insert_with<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        // A panic in `make` poisons the lock but leaves the map as it was.
        let mut known = self.0.lock().unwrap_or_else(|poison| poison.into_inner());
        let value = known
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(make()))
            .clone();
        match value.downcast::<T>() {
            Ok(value) => value,
            // The key is the type of the value.
            Err(_) => unreachable!("a value is stored under its own type"),
        }
    }
}

/// An annotated image, in one form for all data sets.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Scene {
    /// Width in pixels, 0 if unknown.
    pub width: u32,
    /// Height in pixels, 0 if unknown.
    pub height: u32,
    /// What is in it.
    pub objects: Vec<SceneObject>,
    /// Scene-wide facts (GQA: location, weather).
    pub attributes: BTreeMap<String, String>,
}

/// An annotated object.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SceneObject {
    /// Identifier within the scene.
    pub id: String,
    /// Name, such as `man`.
    pub name: String,
    /// Box in pixels, origin top-left, right/bottom exclusive.
    pub bbox: BBox,
    /// Named attributes (`color` → `red`); unnamed ones (GQA's flat list) under their own value
    /// with `true`.
    pub attributes: BTreeMap<String, Arg>,
    /// (relation, target object id), such as (`to the left of`, `722333`).
    pub relations: Vec<(String, String)>,
}

/// Why a capability gave no answer: data about the call, not a failure of the run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// Finds objects by name.
pub trait Detect: Send + Sync {
    /// Objects called `name` whose centre lies in `region`, boxes in the original image.
    fn detect(&self, view: &View<'_>, region: BBox, name: &str) -> Result<Vec<Detection>, Refusal>;
}

/// Judges whether the object in a region has an attribute.
pub trait VerifyAttribute: Send + Sync {
    /// Whether the `name` in `region` is `attribute`.
    fn verify(
        &self,
        view: &View<'_>,
        region: BBox,
        name: &str,
        attribute: &str,
    ) -> Result<bool, Refusal>;
}

/// Answers a question about a region in words.
pub trait AnswerQuestion: Send + Sync {
    /// A short answer.
    fn ask(&self, view: &View<'_>, region: BBox, question: &str) -> Result<String, Refusal>;
}

/// Scores texts against a region.
pub trait MatchText: Send + Sync {
    /// One score per text, higher is better, comparable within the call only.
    fn match_texts(
        &self,
        view: &View<'_>,
        region: BBox,
        texts: &[String],
    ) -> Result<Vec<f64>, Refusal>;
}

/// Estimates depth.
pub trait Depth: Send + Sync {
    /// Median relative depth of the region: larger is farther.
    fn depth(&self, view: &View<'_>, region: BBox) -> Result<f64, Refusal>;
}

/// Knows how two objects of an image relate.
pub trait Relate: Send + Sync {
    /// Objects that stand in `relation` to the object in `region` (`relation` as in
    /// “X is `relation` the object”).
    fn related(
        &self,
        view: &View<'_>,
        region: BBox,
        id: Option<&str>,
        relation: &str,
    ) -> Result<Vec<Detection>, Refusal>;

    /// The other direction: objects that the object in `region` stands in `relation` to (“the
    /// object is `relation` X”). The tool `related_targets`.
    fn targets(
        &self,
        view: &View<'_>,
        region: BBox,
        id: Option<&str>,
        relation: &str,
    ) -> Result<Vec<Detection>, Refusal>;
}

/// A set of capabilities under one name.
#[derive(Clone)]
pub struct Perception {
    /// Name and version of the back end and its settings: part of every cache key.
    pub fingerprint: String,
    /// `find`
    pub detect: Option<Arc<dyn Detect>>,
    /// `verify_property`
    pub verify: Option<Arc<dyn VerifyAttribute>>,
    /// `simple_query`
    pub ask: Option<Arc<dyn AnswerQuestion>>,
    /// `match_texts`
    pub match_text: Option<Arc<dyn MatchText>>,
    /// `compute_depth`
    pub depth: Option<Arc<dyn Depth>>,
    /// `related`, `related_targets`
    pub relate: Option<Arc<dyn Relate>>,
}

impl Perception {
    /// A back end that can do nothing yet: the start for struct update syntax.
    pub fn without_capabilities(fingerprint: impl Into<String>) -> Self {
        Self {
            fingerprint: fingerprint.into(),
            detect: None,
            verify: None,
            ask: None,
            match_text: None,
            depth: None,
            relate: None,
        }
    }
}
