//! Capabilities and the router from requests to them.

use fact_lang::tool::{Answer, Arg, BBox, Detection, Request};
use std::sync::Arc;

/// One image as a back end sees it: pixels on demand and annotations, if the data set has them.
pub struct View<'a> {
    /// The decoded image; `None` when the data set ships annotations without images.
    pub pixels: Option<&'a image::RgbImage>,
    /// The annotation of the image, if any.
    pub scene: Option<&'a crate::perception::Scene>,
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
    pub attributes: std::collections::BTreeMap<String, String>,
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
    pub attributes: std::collections::BTreeMap<String, Arg>,
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
    /// Answers a request of a program on `views` (the run's images, by index). A capability that
    /// is missing, or refuses, gives [`Answer::Error`].
    pub fn answer(&self, views: &[View<'_>], request: &Request) -> Answer {
        let _ = (views, request);
        Answer::Error(format!(
            "the back end `{}` does not know the tool `{}`",
            self.fingerprint, request.tool
        ))
    }
}
